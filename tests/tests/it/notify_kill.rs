//! `kill -9` between every two steps of a delivery.

use crate::notify::{outbox, somebody, tell, waits};
use reeve_tests::{Act, MailServer, Reeve, Step, on_both_databases};
use std::time::Duration;
use tokio::time::{Instant, sleep};

const PATIENCE: Duration = Duration::from_secs(90);

async fn until(what: &str, condition: impl AsyncFn() -> bool) {
    let begun = Instant::now();
    while !condition().await {
        assert!(begun.elapsed() < PATIENCE, "waited in vain until {what}");
        sleep(Duration::from_millis(20)).await;
    }
}

on_both_databases! {
    /// The server falls silent at a step, the program is killed there, and started again: how many arrive?
    async fn a_killed_delivery_is_lost_never_and_doubled_only_in_doubt(database: Database) {
        // `None`: before it was taken from the outbox.
        let steps = [
            (None, 1, "sent 1 0."),
            (Some(Step::Connect), 1, "sent 2 1."),
            (Some(Step::Rcpt), 1, "sent 2 1."),
            (Some(Step::Data), 1, "sent 2 1."),
            (Some(Step::Dot), 2, "sent 2 1."),
        ];
        for (step, arrive, state) in steps {
            let mail = MailServer::start().await;
            let section = mail.section().replace("timeout_seconds = 2", "timeout_seconds = 60");
            let reeve = Reeve::new(database, &section).await;
            reeve.succeed(&["migrate"]).await;
            let app = reeve.open().await;
            let kim = somebody(&app, "kim").await;
            tell(&app, kim, &waits(1)).await;
            if let Some(step) = step {
                mail.fail(step, Act::Hang);
                let mut killed = reeve.start(&["serve"]);
                until("it is there", async || mail.reached(step) == 1).await;
                killed.kill().await.unwrap();
                assert_eq!(outbox(&app).await, ["sending 1 0"], "{step:?}");
            }
            let mut next = reeve.start(&["serve"]);
            until(&format!("{step:?} has ended"), async || outbox(&app).await[0].ends_with('.')).await;
            assert_eq!((outbox(&app).await, mail.count()), (vec![state.to_owned()], (arrive, 1)), "{step:?}");
            next.kill().await.unwrap();
            app.db.close().await;
            reeve.remove().await;
        }
    }

    /// Killed once the server has said that it has it: either that was written down, or it is in doubt.
    async fn a_delivery_killed_before_it_is_written_down_is_in_doubt(database: Database) {
        let mail = MailServer::start().await;
        let reeve = Reeve::new(database, &mail.section()).await;
        reeve.succeed(&["migrate"]).await;
        let app = reeve.open().await;
        let kim = somebody(&app, "kim").await;
        tell(&app, kim, &waits(1)).await;
        mail.fail(Step::Quit, Act::Hang);
        let mut killed = reeve.start(&["serve"]);
        until("it was taken", async || mail.reached(Step::Quit) == 1).await;
        killed.kill().await.unwrap();
        let mut next = reeve.start(&["serve"]);
        until("it has ended", async || outbox(&app).await[0].ends_with('.')).await;
        let (ended, (arrived, different)) = (outbox(&app).await, mail.count());
        assert_eq!(different, 1);
        assert!(
            (ended[0].as_str(), arrived) == ("sent 1 0.", 1) || (ended[0].as_str(), arrived) == ("sent 2 1.", 2),
            "{ended:?}, {arrived} arrived"
        );
        next.kill().await.unwrap();
        app.db.close().await;
        reeve.remove().await;
    }
}
