//! What stands behind a port where no metastore answers, and what to do about it.

use super::connection::CallError;
use std::fmt;
use std::time::Duration;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Behind {
    /// No connection: the name is unknown, nothing listens, no route.
    Nothing(String),
    NoConnection(Duration),
    Closes,
    Silent(Duration),
    WebServer,
    Tls,
    Sasl,
    /// Something else, with its first bytes.
    Stranger(String),
}

impl Behind {
    /// From what came instead of an answer to the first call.
    pub(super) fn of(error: &CallError, head: &[u8], waited: Duration) -> Self {
        match head {
            [b'H', b'T', b'T', b'P', b'/', ..] => Self::WebServer,
            // An alert or a handshake of TLS 1.x, or of SSL 3.
            [0x15 | 0x16, 3, 0..=4, ..] => Self::Tls,
            // A message of Thrift's SASL transport: its status, then a length below a mebibyte.
            [1..=5, 0, 0..=15, _, _, ..] => Self::Sasl,
            [] => match error {
                CallError::TimedOut => Self::Silent(waited),
                _ => Self::Closes,
            },
            head => Self::Stranger(format!("{error} (it begins with \"{}\")", head.escape_ascii())),
        }
    }

    /// Whether it may be another way a moment later, as when a metastore is started again.
    pub(super) fn may_change(&self) -> bool {
        matches!(self, Self::Nothing(_) | Self::Closes)
    }
}

impl fmt::Display for Behind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nothing(reason) => f.write_str(reason),
            Self::NoConnection(waited) => write!(
                f,
                "no connection within {} s: a firewall is in between, or the host is down",
                waited.as_secs_f32()
            ),
            Self::Closes => f.write_str(
                "it accepts the connection and closes it at once, as a metastore that wants Kerberos does, \
                 or a proxy with no metastore behind it: see hive.metastore.sasl.enabled and the metastore's log",
            ),
            Self::Silent(waited) => write!(
                f,
                "it accepts the connection and answers nothing within {} s: the metastore is too busy or hangs, \
                 or the port is another service's",
                waited.as_secs_f32()
            ),
            Self::WebServer => f.write_str(
                "a web server answers there: give the metastore's Thrift port (hive.metastore.port, 9083 unless changed)",
            ),
            Self::Tls => f.write_str(
                "it wants TLS, which Reeve does not speak to a metastore: give an endpoint without \
                 (hive.metastore.use.SSL), or read its database (database = ...)",
            ),
            Self::Sasl => f.write_str(
                "it wants Kerberos (hive.metastore.sasl.enabled), which Reeve does not speak: give an endpoint \
                 without, or read its database (database = ...)",
            ),
            Self::Stranger(reason) => write!(f, "what answers there is no metastore: {reason}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn first_bytes_tell_what_it_is() {
        let broken = CallError::Broken("the server closed it".to_owned());
        let of = |head: &[u8]| Behind::of(&broken, head, Duration::from_secs(1));
        assert_eq!(of(b"HTTP/1.1 400 Bad"), Behind::WebServer);
        assert_eq!(of(b"\x15\x03\x03\x00\x02\x02\x0a"), Behind::Tls);
        assert_eq!(of(b"\x04\x00\x00\x00\x13Invalid stat"), Behind::Sasl);
        assert_eq!(of(b""), Behind::Closes);
        assert_eq!(
            Behind::of(&CallError::TimedOut, b"", Duration::from_secs(1)),
            Behind::Silent(Duration::from_secs(1))
        );
        insta::assert_snapshot!(of(b"SSH-2.0-OpenSSH\r"), @r#"what answers there is no metastore: the connection broke: the server closed it (it begins with "SSH-2.0-OpenSSH\r")"#);
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(head in proptest::collection::vec(any::<u8>(), 0..16)) {
            let told = Behind::of(&CallError::TimedOut, &head, Duration::from_secs(1)).to_string();
            prop_assert!(!told.is_empty());
        }
    }
}
