//! What becomes of a message, whatever the carrier does.

use lido_domain::{
    Change,
    code::Code,
    id::{ClientId, Sub, Username},
    message::{Message, MessageReason},
};
use zeroize::Zeroizing;

use super::*;
use crate::{
    delivery::{NoIntervention, fake::FakeCarrier, template::DefaultTemplates},
    entropy::Entropy,
    store::{conformance::sample, memory::MemoryBackend, writes},
};

struct Scene {
    store: Store,
    clock: Clock,
    carrier: Arc<FakeCarrier>,
    outbox: Outbox,
    pool: PoolId,
}

/// A store with one message in it, under the id `row`.
async fn scene(carrier: FakeCarrier) -> Scene {
    let store = Store::new(MemoryBackend::default());
    let clock = Clock::frozen(Timestamp::from_millis(1_000));
    let keys = Arc::new(Keys::new(Zeroizing::new([1; 32]), vec![], Entropy::fake(1)));
    let (carrier, pool) = (Arc::new(carrier), sample::pool_id("p"));
    let message = Message {
        reason: MessageReason::SignUp,
        of: Sub::new("sub-ann"),
        username: Username::new("ann"),
        client: Some(ClientId::new("c")),
        to: sample::contact(),
        code: Code::fixed("123456"),
    };
    let changes = vec![Change::Send(Box::new(message))];
    let mut written = writes(&keys, &pool, changes, clock.now(), || Ok("row".to_owned())).expect("sealed");
    written.push(Write::Put(Key::pool(), sample::pool("p")));
    store.commit(&pool, vec![], written).await.expect("written");
    let outbox = Outbox::new(
        store.clone(),
        keys,
        clock.clone(),
        carrier.clone(),
        Arc::new(DefaultTemplates),
        Arc::new(NoIntervention),
    );
    Scene { store, clock, carrier, outbox, pool }
}

impl Scene {
    async fn is_gone(&self) -> bool {
        self.store.read_message(&self.pool, "row").await.expect("read").is_none()
    }
}

fn temporary() -> DeliveryFault {
    DeliveryFault::Temporary("busy".into())
}

#[tokio::test]
async fn a_message_is_sent_once_and_erased() {
    let scene = scene(FakeCarrier::default()).await;
    let row = scene.store.read_message(&scene.pool, "row").await.expect("read").expect("there").value;
    assert!(
        !serde_json::to_string(&row).expect("JSON").contains("123456"),
        "the code is sealed while it waits"
    );
    assert_eq!(scene.outbox.send_now(&scene.pool, "row").await, Ok(Attempted::Sent));
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
    assert_eq!(scene.outbox.send_now(&scene.pool, "row").await, Ok(Attempted::Refused));
    assert!(scene.is_gone().await);
}

#[tokio::test]
async fn a_busy_carrier_is_tried_again_later_and_later() {
    let scene = scene(FakeCarrier::failing([temporary(), temporary()])).await;
    assert_eq!(scene.outbox.send_now(&scene.pool, "row").await, Ok(Attempted::Queued));
    assert_eq!(scene.outbox.send_due().await, Ok(0), "its hour has not come");
    scene.clock.advance(Duration::from_secs(30));
    assert_eq!(scene.outbox.send_due().await, Ok(1));
    scene.clock.advance(Duration::from_secs(30));
    assert_eq!(scene.outbox.send_due().await, Ok(0), "the second wait is longer");
    scene.clock.advance(Duration::from_secs(30));
    assert_eq!(scene.outbox.send_due().await, Ok(1));
    assert!(scene.is_gone().await);
    assert_eq!(scene.carrier.handed().len(), 3);
}

#[tokio::test]
async fn two_senders_send_once() {
    let scene = scene(FakeCarrier::slow(Duration::from_millis(20))).await;
    let (one, two) =
        tokio::join!(scene.outbox.send_now(&scene.pool, "row"), scene.outbox.send_now(&scene.pool, "row"));
    let mut outcomes = [one.expect("stored"), two.expect("stored")];
    outcomes.sort_by_key(|outcome| *outcome != Attempted::Sent);
    assert_eq!(outcomes, [Attempted::Sent, Attempted::Queued]);
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
async fn a_message_waits_for_a_key_that_was_taken_away() {
    let mut scene = scene(FakeCarrier::default()).await;
    scene.outbox.keys = Arc::new(Keys::new(Zeroizing::new([2; 32]), vec![], Entropy::fake(1)));
    assert_eq!(scene.outbox.send_now(&scene.pool, "row").await, Ok(Attempted::Queued));
    assert!(!scene.is_gone().await);
}

#[test]
fn waits_double_up_to_an_hour() {
    let seconds: Vec<u64> = (0..9).map(|tries| wait(tries).as_secs()).collect();
    assert_eq!(seconds, [30, 60, 120, 240, 480, 960, 1920, 3600, 3600]);
    assert_eq!(wait(u32::MAX), LONGEST_WAIT);
}
