//! What becomes of a message, whatever the carrier does.

use lido_domain::{
    Change,
    code::{
        CODE_TTL, Code, PendingCode, Purpose,
        message::{Message, MessageReason},
    },
    id::{ClientId, Sub},
};
use zeroize::Zeroizing;

use super::*;
use crate::{
    delivery::{NoIntervention, fake::FakeCarrier, template::DefaultTemplates},
    entropy::Entropy,
    store::{Cause, Key, Record, conformance::sample, memory::MemoryBackend},
};

struct Scene {
    store: Store,
    clock: Clock,
    carrier: Arc<FakeCarrier>,
    outbox: Outbox,
    pool: PoolId,
    committed: OutboxCommit,
}

/// A store with one message in it, claimed by the process that committed it.
async fn scene(carrier: FakeCarrier) -> Scene {
    let store = Store::new(MemoryBackend::default());
    let clock = Clock::frozen(Timestamp::from_millis(1_000));
    let keys = Arc::new(Keys::new(Zeroizing::new([1; 32]), vec![], Entropy::fake(1)));
    let (carrier, pool) = (Arc::new(carrier), sample::pool_id("p"));
    let user = sample::user("ann");
    let message = Message {
        reason: MessageReason::SignUp,
        of: user.sub.clone(),
        username: user.username.clone(),
        client: Some(ClientId::new("c")),
        to: sample::contact(),
        code: Code::fixed("123456"),
    };
    let pending = pending(&keys, &pool, &user.sub, "123456", clock.now());
    let changes = vec![
        Change::PutCode { of: user.sub.clone(), purpose: Purpose::SignUp, code: pending },
        Change::PutUser(Box::new(user)),
        Change::Send(Box::new(message)),
    ];
    store.put(&pool, vec![(Key::pool(), sample::pool("p"))]).await.expect("written");
    let tx = store.begin();
    tx.find_pool(&pool).await.expect("read").expect("there");
    let mut rows = tx.commit(&keys, changes, &Cause::default(), clock.now()).await.expect("written");
    let committed = rows.pop().expect("a message");
    let outbox = Outbox::new(
        store.clone(),
        keys,
        clock.clone(),
        carrier.clone(),
        Arc::new(DefaultTemplates),
        Arc::new(NoIntervention),
    );
    Scene { store, clock, carrier, outbox, pool, committed }
}

fn pending(keys: &Keys, pool: &PoolId, of: &Sub, code: &str, now: Timestamp) -> PendingCode {
    let code = Code::fixed(code);
    PendingCode::new(keys.digests(), pool, of, Purpose::SignUp, &code, sample::contact(), now)
}

impl Scene {
    /// The row as it lies in the store.
    async fn row(&self) -> Option<OutboxRow> {
        self.store.begin().find_message(&self.pool, &self.committed.row.id).await.expect("read")
    }

    async fn is_gone(&self) -> bool {
        self.row().await.is_none()
    }

    /// The first attempt, by the process that committed.
    async fn send(&self) -> Result<Attempted, StoreError> {
        self.outbox.send_committed(&self.pool, self.committed.clone()).await
    }
}

fn temporary() -> DeliveryFault {
    DeliveryFault::Temporary("busy".into())
}

#[tokio::test]
async fn a_message_is_sent_once_and_erased() {
    let scene = scene(FakeCarrier::default()).await;
    let row = scene.row().await.expect("there");
    assert!(
        !serde_json::to_string(&row).expect("JSON").contains("123456"),
        "the code is sealed while it waits"
    );
    assert_eq!(scene.send().await, Ok(Attempted::Sent));
    assert!(scene.is_gone().await);
    assert_eq!(scene.outbox.send_due().await, Ok(0));
    let handed = scene.carrier.handed();
    let [message] = handed.as_slice() else { panic!("one message") };
    assert_eq!(message.body, "Your verification code is 123456. ");
    assert_eq!(message.subject.as_deref(), Some("Your verification code"));
    assert_eq!((message.code.expose(), message.trigger.as_str()), ("123456", "CustomMessage_SignUp"));
    assert!(!format!("{message:?}").contains("123456"));
}

#[tokio::test]
async fn a_refusal_for_good_is_told_and_the_message_erased() {
    let scene = scene(FakeCarrier::failing([DeliveryFault::Permanent("no such mailbox".into())])).await;
    assert_eq!(scene.send().await, Ok(Attempted::Refused(ContactKind::Email)));
    assert!(scene.is_gone().await);
}

#[tokio::test]
async fn a_busy_carrier_is_tried_again_later_and_later() {
    let scene = scene(FakeCarrier::failing([temporary(), temporary()])).await;
    assert_eq!(scene.send().await, Ok(Attempted::Queued));
    assert_eq!(scene.outbox.send_due().await, Ok(0), "its hour has not come");
    scene.clock.advance(Duration::from_secs(10));
    assert_eq!(scene.outbox.send_due().await, Ok(1));
    scene.clock.advance(Duration::from_secs(10));
    assert_eq!(scene.outbox.send_due().await, Ok(0), "the second wait is longer");
    scene.clock.advance(Duration::from_secs(10));
    assert_eq!(scene.outbox.send_due().await, Ok(1));
    assert!(scene.is_gone().await);
    assert_eq!(scene.carrier.handed().len(), 3);
}

#[tokio::test]
async fn two_senders_send_once() {
    let scene = scene(FakeCarrier::slow(Duration::from_millis(20))).await;
    scene.clock.advance(CLAIM);
    let (one, two) = tokio::join!(scene.outbox.send_due(), scene.outbox.send_due());
    assert_eq!(one.expect("stored") + two.expect("stored"), 1);
    assert_eq!(scene.carrier.handed().len(), 1);
}

#[tokio::test]
async fn a_code_that_has_died_is_not_sent() {
    let scene = scene(FakeCarrier::default()).await;
    scene.clock.advance(CODE_TTL);
    assert_eq!(scene.outbox.send_due().await, Ok(1));
    assert!(scene.is_gone().await);
    assert!(scene.carrier.handed().is_empty());
}

#[tokio::test]
async fn a_code_that_was_replaced_or_used_is_not_sent() {
    let of = sample::user("ann").sub;
    for meanwhile in ["replaced", "used", "gone"] {
        let scene = scene(FakeCarrier::failing([temporary()])).await;
        assert_eq!(scene.send().await, Ok(Attempted::Queued));
        let (key, keys) = (Key::code(&of, Purpose::SignUp), &scene.outbox.keys);
        let written = match meanwhile {
            "replaced" => {
                let code = pending(keys, &scene.pool, &of, "654321", scene.clock.now());
                scene.store.put(&scene.pool, vec![(key, Record::Code(code))]).await
            }
            "used" => scene.store.remove(&scene.pool, key).await,
            _ => scene.store.remove(&scene.pool, Key::user(&of)).await,
        };
        written.expect("written");
        scene.clock.advance(FIRST_WAIT);
        assert_eq!(scene.outbox.send_due().await, Ok(1), "{meanwhile}");
        assert!(scene.is_gone().await, "{meanwhile}");
        assert_eq!(scene.carrier.handed().len(), 1, "{meanwhile}");
    }
}

#[tokio::test]
async fn a_message_waits_for_a_key_that_was_taken_away() {
    let mut scene = scene(FakeCarrier::default()).await;
    scene.outbox.keys = Arc::new(Keys::new(Zeroizing::new([2; 32]), vec![], Entropy::fake(1)));
    assert_eq!(scene.send().await, Ok(Attempted::Queued));
    assert!(!scene.is_gone().await);
}

#[test]
fn waits_double_up_to_an_hour() {
    let seconds: Vec<u64> = (1..=11).map(|tries| wait(tries).as_secs()).collect();
    assert_eq!(seconds, [10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600, 3600]);
    assert_eq!(wait(u32::MAX), LONGEST_WAIT);
}

#[tokio::test]
async fn a_message_whose_sender_died_comes_again_when_the_claim_is_over() {
    let scene = scene(FakeCarrier::default()).await;
    // The process that committed and claimed the row was killed before its first attempt.
    assert_eq!(scene.outbox.send_due().await, Ok(0), "it may still be at it");
    scene.clock.advance(CLAIM);
    assert_eq!(scene.outbox.send_due().await, Ok(1));
    assert!(scene.is_gone().await);
    assert_eq!(scene.carrier.handed()[0].tries, 1, "an attempt counts when it is made");
}

#[tokio::test]
async fn a_request_that_goes_away_takes_no_message_with_it() {
    let scene = scene(FakeCarrier::slow(Duration::from_millis(50))).await;
    let left = tokio::time::timeout(Duration::from_millis(10), scene.send());
    assert!(left.await.is_err());
    scene.outbox.finish().await;
    assert_eq!(scene.carrier.handed().len(), 1, "an end waits for what is under way");
    assert!(scene.is_gone().await);
}

#[tokio::test]
async fn a_carrier_that_never_answers_is_given_up() {
    let mut scene = scene(FakeCarrier::slow(Duration::from_secs(24 * 60 * 60))).await;
    scene.outbox.patience =
        Patience { answer: Duration::from_millis(10), carrier: Duration::from_millis(100) };
    assert_eq!(scene.send().await, Ok(Attempted::Queued), "the answer does not wait");
    scene.outbox.finish().await;
    let row = scene.row().await.expect("there");
    assert_eq!((row.tries, row.next_at), (1, scene.clock.now().after(FIRST_WAIT)));
}

#[tokio::test]
async fn a_message_goes_with_its_pool() {
    let scene = scene(FakeCarrier::failing([temporary()])).await;
    assert_eq!(scene.send().await, Ok(Attempted::Queued));
    scene.store.clear(&scene.pool).await.expect("deleted");
    scene.clock.advance(FIRST_WAIT);
    assert_eq!(scene.outbox.send_due().await, Ok(0));
    assert!(scene.is_gone().await);
    assert_eq!(scene.carrier.handed().len(), 1);
}

#[tokio::test]
async fn many_messages_leave_in_one_round() {
    let scene = scene(FakeCarrier::slow(Duration::from_millis(20))).await;
    let (row, keys) = (scene.row().await.expect("there"), &scene.outbox.keys);
    let more = (0..40).map(|number| {
        let id = format!("row{number}");
        let code = keys.seal_outbox_code(&scene.pool, &id, &Code::fixed("123456")).expect("sealed");
        (Key::outbox(&id), Record::Outbox(OutboxRow { id, code, ..row.clone() }))
    });
    scene.store.put(&scene.pool, more.collect()).await.expect("written");
    assert_eq!(scene.outbox.send_due().await, Ok(0), "the process that committed is to try first");
    scene.clock.advance(CLAIM);
    assert_eq!(scene.outbox.send_due().await, Ok(41));
    assert_eq!(scene.carrier.handed().len(), 41);
    assert_eq!(scene.outbox.send_due().await, Ok(0));
}
