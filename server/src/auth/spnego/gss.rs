//! The few functions of MIT Kerberos' GSS-API (RFC 2744, and `gssapi_ext.h`) that accept a ticket. The library is loaded when a
//! keytab is configured, so that Reeve is one program that runs where there is no Kerberos.
#![expect(unsafe_code, reason = "a C library: every call of it is here, with pointers that live as long as the call")]

use libloading::Library;
use std::ffi::{CString, c_char, c_int, c_void};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::ptr::{null, null_mut};
use std::sync::OnceLock;

const LIBRARY: &str = "libgssapi_krb5.so.2";
const COMPLETE: u32 = 0;
/// `GSS_C_ACCEPT`
const ACCEPT: c_int = 2;
/// `GSS_C_GSS_CODE` and `GSS_C_MECH_CODE`
const CODES: [c_int; 2] = [1, 2];
/// `GSS_KRB5_NT_PRINCIPAL_NAME` (RFC 1964, 2.1.1): 1.2.840.113554.1.2.2.1
const PRINCIPAL_NAME: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 0x01, 0x02, 0x02, 0x01];

/// `gss_name_t`, `gss_cred_id_t`, `gss_ctx_id_t`: pointers to what only the library knows.
type Handle = *mut c_void;

#[repr(C)]
struct Buffer {
    length: usize,
    value: *mut c_void,
}

#[repr(C)]
struct Oid {
    length: u32,
    elements: *const c_void,
}

#[repr(C)]
struct KeyValue {
    key: *const c_char,
    value: *const c_char,
}

#[repr(C)]
struct KeyValues {
    count: u32,
    elements: *const KeyValue,
}

type ImportName = unsafe extern "C" fn(*mut u32, *const Buffer, *const Oid, *mut Handle) -> u32;
type AcquireCredFrom = unsafe extern "C" fn(
    *mut u32,
    Handle,
    u32,
    *const c_void,
    c_int,
    *const KeyValues,
    *mut Handle,
    *mut *mut c_void,
    *mut u32,
) -> u32;
type AcceptSecContext = unsafe extern "C" fn(
    *mut u32,
    *mut Handle,
    Handle,
    *const Buffer,
    *const c_void,
    *mut Handle,
    *mut *mut Oid,
    *mut Buffer,
    *mut u32,
    *mut u32,
    *mut Handle,
) -> u32;
type DisplayName = unsafe extern "C" fn(*mut u32, Handle, *mut Buffer, *mut *mut Oid) -> u32;
type DisplayStatus = unsafe extern "C" fn(*mut u32, u32, c_int, *const Oid, *mut u32, *mut Buffer) -> u32;
type Release = unsafe extern "C" fn(*mut u32, *mut Handle) -> u32;
type ReleaseBuffer = unsafe extern "C" fn(*mut u32, *mut Buffer) -> u32;
type DeleteSecContext = unsafe extern "C" fn(*mut u32, *mut Handle, *mut Buffer) -> u32;

struct Gss {
    import_name: ImportName,
    acquire_cred_from: AcquireCredFrom,
    accept_sec_context: AcceptSecContext,
    display_name: DisplayName,
    display_status: DisplayStatus,
    release_name: Release,
    release_cred: Release,
    release_buffer: ReleaseBuffer,
    delete_sec_context: DeleteSecContext,
    /// Never closed: the functions are its.
    _library: Library,
}

/// Whose ticket it was, and what the browser is told in return.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Accepted {
    pub(super) principal: String,
    pub(super) answer: Vec<u8>,
}

/// Whether the library is there; asked at the start, so that nobody learns of it at his sign-in.
///
/// # Errors
/// Says what is missing.
pub(super) fn check() -> Result<(), String> {
    gss().map(drop)
}

/// Accepts a SPNEGO or Kerberos token for a service whose key is in the keytab. Blocks; asks no server.
///
/// # Errors
/// What the library says of it, for the log.
pub(super) fn accept(keytab: &Path, service: &str, token: &[u8]) -> Result<Accepted, String> {
    let gss = gss()?;
    let name = gss.service(service)?;
    let credentials = gss.credentials(&name, keytab)?;
    let input = buffer(token);
    let mut context = Context { gss, handle: null_mut() };
    let mut client = Name { gss, handle: null_mut() };
    let mut answer = Owned { gss, buffer: empty() };
    let mut minor = 0;
    // SAFETY: pointers to values above, which outlive the call; what it writes is released by their owners.
    let major = unsafe {
        (gss.accept_sec_context)(
            &raw mut minor,
            &raw mut context.handle,
            credentials.handle,
            &raw const input,
            null(),
            &raw mut client.handle,
            null_mut(),
            &raw mut answer.buffer,
            null_mut(),
            null_mut(),
            // Nobody's credentials are taken along.
            null_mut(),
        )
    };
    // One that is not complete would need a second turn, which HTTP has no place for.
    if major != COMPLETE {
        return Err(gss.told("accept", major, minor));
    }
    let mut shown = Owned { gss, buffer: empty() };
    // SAFETY: as above.
    let major = unsafe { (gss.display_name)(&raw mut minor, client.handle, &raw mut shown.buffer, null_mut()) };
    if major != COMPLETE {
        return Err(gss.told("display_name", major, minor));
    }
    let principal = String::from_utf8(shown.bytes().to_vec()).map_err(|_| "the principal is no text".to_owned())?;
    Ok(Accepted { principal, answer: answer.bytes().to_vec() })
}

fn gss() -> Result<&'static Gss, String> {
    static GSS: OnceLock<Result<Gss, String>> = OnceLock::new();
    GSS.get_or_init(load).as_ref().map_err(Clone::clone)
}

fn load() -> Result<Gss, String> {
    let told = |error: libloading::Error| format!("{error}: install MIT Kerberos (libgssapi-krb5-2, krb5-libs)");
    // SAFETY: a library of the system, whose start-up code does nothing to us; each type is that of its header.
    unsafe {
        let library = Library::new(LIBRARY).map_err(told)?;
        Ok(Gss {
            import_name: *library.get::<ImportName>(b"gss_import_name\0").map_err(told)?,
            acquire_cred_from: *library.get::<AcquireCredFrom>(b"gss_acquire_cred_from\0").map_err(told)?,
            accept_sec_context: *library.get::<AcceptSecContext>(b"gss_accept_sec_context\0").map_err(told)?,
            display_name: *library.get::<DisplayName>(b"gss_display_name\0").map_err(told)?,
            display_status: *library.get::<DisplayStatus>(b"gss_display_status\0").map_err(told)?,
            release_name: *library.get::<Release>(b"gss_release_name\0").map_err(told)?,
            release_cred: *library.get::<Release>(b"gss_release_cred\0").map_err(told)?,
            release_buffer: *library.get::<ReleaseBuffer>(b"gss_release_buffer\0").map_err(told)?,
            delete_sec_context: *library.get::<DeleteSecContext>(b"gss_delete_sec_context\0").map_err(told)?,
            _library: library,
        })
    }
}

impl Gss {
    fn service(&'static self, service: &str) -> Result<Name, String> {
        let text = buffer(service.as_bytes());
        let length = u32::try_from(PRINCIPAL_NAME.len()).unwrap_or_default();
        let kind = Oid { length, elements: PRINCIPAL_NAME.as_ptr().cast() };
        let mut name = Name { gss: self, handle: null_mut() };
        let mut minor = 0;
        // SAFETY: pointers to values above, which outlive the call and are only read.
        let major =
            unsafe { (self.import_name)(&raw mut minor, &raw const text, &raw const kind, &raw mut name.handle) };
        if major == COMPLETE { Ok(name) } else { Err(self.told(service, major, minor)) }
    }

    fn credentials(&'static self, name: &Name, keytab: &Path) -> Result<Credentials, String> {
        let path = CString::new([b"FILE:", keytab.as_os_str().as_bytes()].concat());
        let path = path.map_err(|_| "the keytab's path has a zero byte".to_owned())?;
        let element = KeyValue { key: c"keytab".as_ptr(), value: path.as_ptr() };
        let store = KeyValues { count: 1, elements: &raw const element };
        let mut credentials = Credentials { gss: self, handle: null_mut() };
        let mut minor = 0;
        // SAFETY: pointers to values above, which outlive the call and are only read.
        let major = unsafe {
            (self.acquire_cred_from)(
                &raw mut minor,
                name.handle,
                u32::MAX,
                null(),
                ACCEPT,
                &raw const store,
                &raw mut credentials.handle,
                null_mut(),
                null_mut(),
            )
        };
        if major == COMPLETE { Ok(credentials) } else { Err(self.told(&keytab.display().to_string(), major, minor)) }
    }

    /// What the library calls an error; its own code and the mechanism's.
    fn told(&'static self, what: &str, major: u32, minor: u32) -> String {
        let mut text = what.to_owned();
        for (code, status) in CODES.into_iter().zip([major, minor]) {
            let mut message = Owned { gss: self, buffer: empty() };
            let (mut more, mut ignored) = (0, 0);
            // SAFETY: pointers to values above, which outlive the call; the message is released by its owner.
            let done = unsafe {
                (self.display_status)(&raw mut ignored, status, code, null(), &raw mut more, &raw mut message.buffer)
            };
            if done == COMPLETE {
                text = format!("{text}: {}", String::from_utf8_lossy(message.bytes()));
            }
        }
        text
    }
}

fn buffer(bytes: &[u8]) -> Buffer {
    Buffer { length: bytes.len(), value: bytes.as_ptr().cast_mut().cast() }
}

fn empty() -> Buffer {
    Buffer { length: 0, value: null_mut() }
}

struct Name {
    gss: &'static Gss,
    handle: Handle,
}

struct Credentials {
    gss: &'static Gss,
    handle: Handle,
}

struct Context {
    gss: &'static Gss,
    handle: Handle,
}

/// A buffer that the library made.
struct Owned {
    gss: &'static Gss,
    buffer: Buffer,
}

impl Owned {
    fn bytes(&self) -> &[u8] {
        if self.buffer.value.is_null() {
            return &[];
        }
        // SAFETY: the library made it, so long, and it is released only when this is dropped.
        unsafe { std::slice::from_raw_parts(self.buffer.value.cast(), self.buffer.length) }
    }
}

impl Drop for Name {
    fn drop(&mut self) {
        let mut minor = 0;
        // SAFETY: the library's own handle or null, released once.
        unsafe { (self.gss.release_name)(&raw mut minor, &raw mut self.handle) };
    }
}

impl Drop for Credentials {
    fn drop(&mut self) {
        let mut minor = 0;
        // SAFETY: as for names.
        unsafe { (self.gss.release_cred)(&raw mut minor, &raw mut self.handle) };
    }
}

impl Drop for Context {
    fn drop(&mut self) {
        let mut minor = 0;
        // SAFETY: as for names; nothing is sent to the other side.
        unsafe { (self.gss.delete_sec_context)(&raw mut minor, &raw mut self.handle, null_mut()) };
    }
}

impl Drop for Owned {
    fn drop(&mut self) {
        let mut minor = 0;
        // SAFETY: the library's own buffer or an empty one, released once.
        unsafe { (self.gss.release_buffer)(&raw mut minor, &raw mut self.buffer) };
    }
}
