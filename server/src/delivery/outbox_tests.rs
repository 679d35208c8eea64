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
    store::{Cause, conformance::sample, memory::MemoryBackend, writes},
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
    let mut written = writes(&keys, &pool, changes, &Cause::default(), clock.now(), || Ok("row".to_owned()))
        .expect("sealed");
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

fn pending(keys: &Keys, pool: &PoolId, of: &Sub, code: &str, now: Timestamp) -> PendingCode {
    let code = Code::fixed(code);
    PendingCode::new(keys.digests(), pool, of, Purpose::SignUp, &code, sample::contact(), now)
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
    assert_eq!(scene.outbox.send_now(&scene.pool, "row").await, Ok(Attempted::Refused(ContactKind::Email)));
    assert!(scene.is_gone().await);
}

#[tokio::test]
async fn a_busy_carrier_is_tried_again_later_and_later() {
    let scene = scene(FakeCarrier::failing([temporary(), temporary()])).await;
    assert_eq!(scene.outbox.send_now(&scene.pool, "row").await, Ok(Attempted::Queued));
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
async fn a_code_that_was_replaced_or_used_is_not_sent() {
    let of = sample::user("ann").sub;
    for meanwhile in ["replaced", "used", "gone"] {
        let scene = scene(FakeCarrier::failing([temporary()])).await;
        assert_eq!(scene.outbox.send_now(&scene.pool, "row").await, Ok(Attempted::Queued));
        let (key, keys) = (Key::code(&of, Purpose::SignUp), &scene.outbox.keys);
        let write = match meanwhile {
            "replaced" => {
                Write::Put(key, Record::Code(pending(keys, &scene.pool, &of, "654321", scene.clock.now())))
            }
            "used" => Write::Remove(key),
            _ => Write::Remove(Key::user(&of)),
        };
        scene.store.commit(&scene.pool, vec![], vec![write]).await.expect("written");
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
    assert_eq!(scene.outbox.send_now(&scene.pool, "row").await, Ok(Attempted::Queued));
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
    let read = scene.store.read_message(&scene.pool, "row").await.expect("read").expect("there");
    // What is left of somebody who claimed the row and then was killed.
    let claimed = OutboxRow { tries: 1, next_at: scene.clock.now().after(CLAIM), ..read.value };
    let write = vec![Write::Put(Key::outbox("row"), Record::Outbox(claimed))];
    scene.store.commit(&scene.pool, read.expects, write).await.expect("claimed");
    assert_eq!(scene.outbox.send_due().await, Ok(0), "somebody may still be at it");
    scene.clock.advance(CLAIM);
    assert_eq!(scene.outbox.send_due().await, Ok(1));
    assert!(scene.is_gone().await);
    assert_eq!(scene.carrier.handed()[0].tries, 2);
}

#[tokio::test]
async fn a_request_that_goes_away_takes_no_message_with_it() {
    let scene = scene(FakeCarrier::slow(Duration::from_millis(50))).await;
    let left = tokio::time::timeout(Duration::from_millis(10), scene.outbox.send_now(&scene.pool, "row"));
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
    assert_eq!(
        scene.outbox.send_now(&scene.pool, "row").await,
        Ok(Attempted::Queued),
        "the answer does not wait"
    );
    scene.outbox.finish().await;
    let row = scene.store.read_message(&scene.pool, "row").await.expect("read").expect("there").value;
    assert_eq!((row.tries, row.next_at), (1, scene.clock.now().after(FIRST_WAIT)));
}

#[tokio::test]
async fn a_message_goes_with_its_pool() {
    let scene = scene(FakeCarrier::failing([temporary()])).await;
    assert_eq!(scene.outbox.send_now(&scene.pool, "row").await, Ok(Attempted::Queued));
    scene.store.commit(&scene.pool, vec![], vec![Write::Clear]).await.expect("deleted");
    scene.clock.advance(FIRST_WAIT);
    assert_eq!(scene.outbox.send_due().await, Ok(0));
    assert!(scene.is_gone().await);
    assert_eq!(scene.carrier.handed().len(), 1);
}

#[tokio::test]
async fn many_messages_leave_in_one_round() {
    let scene = scene(FakeCarrier::slow(Duration::from_millis(20))).await;
    let read = scene.store.read_message(&scene.pool, "row").await.expect("read").expect("there");
    let keys = &scene.outbox.keys;
    let more = (0..40).map(|number| {
        let id = format!("row{number}");
        let code = keys.seal_outbox_code(&scene.pool, &id, &Code::fixed("123456")).expect("sealed");
        Write::Put(Key::outbox(&id), Record::Outbox(OutboxRow { id: id.clone(), code, ..read.value.clone() }))
    });
    scene.store.commit(&scene.pool, vec![], more.collect()).await.expect("written");
    assert_eq!(scene.outbox.send_due().await, Ok(0), "whoever asked is to try first");
    scene.clock.advance(Duration::from_secs(10));
    assert_eq!(scene.outbox.send_due().await, Ok(41));
    assert_eq!(scene.carrier.handed().len(), 41);
    assert_eq!(scene.outbox.send_due().await, Ok(0));
}
