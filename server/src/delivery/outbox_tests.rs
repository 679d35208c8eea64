//! The fate of a message in the outbox, for every behaviour of the transport.

use lido_domain::{
    Change,
    attribute::contact::Contact,
    code::{
        CONTACT_CODE_TTL, Code, PendingCode, Purpose,
        message::{Message, MessageReason},
    },
    id::{ClientId, Sub},
};
use zeroize::Zeroizing;

use super::*;
use crate::{
    delivery::{
        NoInterceptor, Transports,
        fake::FakeTransport,
        lanes::{CLOSED_FOR, CLOSING_FAILURES, MAX_IN_FLIGHT},
        smtp::Smtp,
        template::DefaultTemplates,
        webhook::Webhook,
    },
    entropy::Entropy,
    store::{Key, Record, RequestInfo, conformance::sample, memory::MemoryBackend, message_id},
};

/// A store with one message, and the outbox that sends it.
struct Fixture {
    store: Store,
    clock: Clock,
    transport: Arc<FakeTransport>,
    outbox: Outbox,
    pool: PoolId,
    committed: OutboxCommit,
}

/// Commits a message, which claims it for this process.
async fn fixture(transport: FakeTransport) -> Fixture {
    let store = Store::new(MemoryBackend::default());
    let clock = Clock::frozen(Timestamp::from_millis(1_000));
    let keys = Arc::new(Keys::new(Zeroizing::new([1; 32]), vec![], Entropy::fake(1)));
    let (transport, pool) = (Arc::new(transport), sample::pool_id("p"));
    let user = sample::user("ann");
    let message = Message {
        reason: MessageReason::SignUp,
        of: user.sub.clone(),
        username: user.username.clone(),
        client: Some(ClientId::new("c")),
        to: sample::contact(),
        code: Code::from_text("123456"),
        is_hidden: false,
        is_verified: false,
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
    let mut rows = tx.commit(&keys, changes, &RequestInfo::default(), clock.now()).await.expect("written");
    let committed = rows.pop().expect("a message");
    let outbox = Outbox::new(
        store.clone(),
        keys,
        clock.clone(),
        transport.clone(),
        Arc::new(DefaultTemplates),
        Arc::new(NoInterceptor),
    );
    Fixture { store, clock, transport, outbox, pool, committed }
}

fn pending(keys: &Keys, pool: &PoolId, of: &Sub, code: &str, now: Timestamp) -> PendingCode {
    let code = Code::from_text(code);
    PendingCode::new(keys.digests(), pool, of, Purpose::SignUp, &code, sample::contact(), now)
}

impl Fixture {
    /// Returns the row in the store.
    async fn row(&self) -> Option<OutboxRow> {
        self.store.begin().find_message(&self.pool, &self.committed.row.id).await.expect("read")
    }

    async fn is_removed(&self) -> bool {
        self.row().await.is_none()
    }

    /// Makes the first attempt, in the process that committed.
    async fn send(&self) -> Result<SendOutcome, StoreError> {
        self.outbox.send_committed(&self.pool, self.committed.clone()).await
    }
}

fn temporary() -> DeliveryFault {
    DeliveryFault::Temporary("busy".into())
}

#[tokio::test]
async fn committed_message_is_sent_once_and_removed() {
    let fixture = fixture(FakeTransport::default()).await;
    let row = fixture.row().await.expect("there");
    assert!(
        !serde_json::to_string(&row).expect("JSON").contains("123456"),
        "the code is sealed in the store"
    );
    assert_eq!(fixture.send().await, Ok(SendOutcome::Sent));
    assert!(fixture.is_removed().await);
    assert_eq!(fixture.outbox.send_due().await, Ok(0));
    let received = fixture.transport.received();
    let [message] = received.as_slice() else { panic!("one message") };
    assert_eq!(message.body, "Your verification code is 123456. ");
    assert_eq!(message.subject.as_deref(), Some("Your verification code"));
    assert_eq!((message.code.expose(), message.trigger.as_str()), ("123456", "CustomMessage_SignUp"));
    assert!(!format!("{message:?}").contains("123456"));
}

#[tokio::test]
async fn permanently_refused_message_is_reported_and_removed() {
    let fixture = fixture(FakeTransport::failing([DeliveryFault::Permanent("no such mailbox".into())])).await;
    assert_eq!(fixture.send().await, Ok(SendOutcome::Refused(ContactKind::Email)));
    assert!(fixture.is_removed().await);
}

#[tokio::test]
async fn temporary_fault_is_retried_after_growing_waits() {
    let fixture = fixture(FakeTransport::failing([temporary(), temporary()])).await;
    assert_eq!(fixture.send().await, Ok(SendOutcome::Queued));
    assert_eq!(fixture.outbox.send_due().await, Ok(0), "it is not due yet");
    fixture.clock.advance(Duration::from_secs(10));
    assert_eq!(fixture.outbox.send_due().await, Ok(1));
    fixture.clock.advance(Duration::from_secs(10));
    assert_eq!(fixture.outbox.send_due().await, Ok(0), "the second wait is longer");
    fixture.clock.advance(Duration::from_secs(10));
    assert_eq!(fixture.outbox.send_due().await, Ok(1));
    assert!(fixture.is_removed().await);
    assert_eq!(fixture.transport.received().len(), 3);
}

#[tokio::test]
async fn concurrent_senders_send_a_row_once() {
    let fixture = fixture(FakeTransport::slow(Duration::from_millis(20))).await;
    fixture.clock.advance(CLAIM_TTL);
    let (one, two) = tokio::join!(fixture.outbox.send_due(), fixture.outbox.send_due());
    assert_eq!(one.expect("stored") + two.expect("stored"), 1);
    assert_eq!(fixture.transport.received().len(), 1);
}

#[tokio::test]
async fn expired_code_is_not_sent() {
    let fixture = fixture(FakeTransport::default()).await;
    fixture.clock.advance(CONTACT_CODE_TTL);
    assert_eq!(fixture.outbox.send_due().await, Ok(1));
    assert!(fixture.is_removed().await);
    assert!(fixture.transport.received().is_empty());
}

#[tokio::test]
async fn replaced_or_used_code_is_not_sent() {
    let of = sample::user("ann").sub;
    for meanwhile in ["replaced", "used", "user deleted"] {
        let fixture = fixture(FakeTransport::failing([temporary()])).await;
        assert_eq!(fixture.send().await, Ok(SendOutcome::Queued));
        let (key, keys) = (Key::code(&of, Purpose::SignUp), &fixture.outbox.keys);
        let written = match meanwhile {
            "replaced" => {
                let code = pending(keys, &fixture.pool, &of, "654321", fixture.clock.now());
                fixture.store.put(&fixture.pool, vec![(key, Record::Code(code))]).await
            }
            "used" => fixture.store.remove(&fixture.pool, key).await,
            _ => fixture.store.remove(&fixture.pool, Key::user(&of)).await,
        };
        written.expect("written");
        fixture.clock.advance(FIRST_WAIT);
        assert_eq!(fixture.outbox.send_due().await, Ok(1), "{meanwhile}");
        assert!(fixture.is_removed().await, "{meanwhile}");
        assert_eq!(fixture.transport.received().len(), 1, "{meanwhile}");
    }
}

#[tokio::test]
async fn message_sealed_by_a_missing_key_stays_queued() {
    let mut fixture = fixture(FakeTransport::default()).await;
    fixture.outbox.keys = Arc::new(Keys::new(Zeroizing::new([2; 32]), vec![], Entropy::fake(1)));
    assert_eq!(fixture.send().await, Ok(SendOutcome::Queued));
    assert!(!fixture.is_removed().await);
}

#[test]
fn wait_doubles_up_to_an_hour() {
    let seconds: Vec<u64> = (1..=11).map(|tries| wait(tries).as_secs()).collect();
    assert_eq!(seconds, [10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600, 3600]);
    assert_eq!(wait(u32::MAX), LONGEST_WAIT);
}

#[tokio::test]
async fn claimed_message_is_due_again_after_the_claim_expires() {
    let fixture = fixture(FakeTransport::default()).await;
    // The process that committed and claimed the row was killed before its first attempt.
    assert_eq!(fixture.outbox.send_due().await, Ok(0), "the claim has not expired");
    fixture.clock.advance(CLAIM_TTL);
    assert_eq!(fixture.outbox.send_due().await, Ok(1));
    assert!(fixture.is_removed().await);
    assert_eq!(fixture.transport.received()[0].tries, 1, "a claim without an attempt does not count");
}

#[tokio::test]
async fn dropped_request_does_not_stop_its_message() {
    let fixture = fixture(FakeTransport::slow(Duration::from_millis(50))).await;
    let dropped = tokio::time::timeout(Duration::from_millis(10), fixture.send());
    assert!(dropped.await.is_err());
    fixture.outbox.finish().await;
    assert_eq!(fixture.transport.received().len(), 1, "finish() waits for the message in flight");
    assert!(fixture.is_removed().await);
}

#[tokio::test]
async fn transport_timeout_releases_the_claim() {
    let mut fixture = fixture(FakeTransport::slow(Duration::from_secs(24 * 60 * 60))).await;
    fixture.outbox.timeouts =
        Timeouts { request: Duration::from_millis(10), transport: Duration::from_millis(100), ..TIMEOUTS };
    assert_eq!(fixture.send().await, Ok(SendOutcome::Queued), "the request does not wait");
    fixture.outbox.finish().await;
    let row = fixture.row().await.expect("there");
    assert_eq!((row.tries, row.next_at), (1, fixture.clock.now().after(FIRST_WAIT)));
}

#[tokio::test]
async fn deleted_pool_removes_its_messages() {
    let fixture = fixture(FakeTransport::failing([temporary()])).await;
    assert_eq!(fixture.send().await, Ok(SendOutcome::Queued));
    fixture.store.clear(&fixture.pool).await.expect("deleted");
    fixture.clock.advance(FIRST_WAIT);
    assert_eq!(fixture.outbox.send_due().await, Ok(0));
    assert!(fixture.is_removed().await);
    assert_eq!(fixture.transport.received().len(), 1);
}

impl Fixture {
    /// Adds copies of the row to these recipients, due at the time of the row's claim or later by their number.
    async fn add_rows(&self, recipients: impl IntoIterator<Item = Contact>) {
        let (row, keys) = (self.row().await.expect("there"), &self.outbox.keys);
        let rows = recipients.into_iter().enumerate().map(|(number, to)| {
            let id = message_id(to.kind, &format!("row{number}"));
            let code = keys.seal_outbox_code(&self.pool, &id, &Code::from_text("123456")).expect("sealed");
            let next_at = row.next_at.after(Duration::from_millis(u64::try_from(number).expect("few")));
            (Key::outbox(&id), Record::Outbox(OutboxRow { id, code, to, next_at, ..row.clone() }))
        });
        self.store.put(&self.pool, rows.collect()).await.expect("written");
    }
}

fn mail_to(number: usize) -> Contact {
    Contact { kind: ContactKind::Email, value: format!("ann@{number}.example") }
}

fn sms() -> Contact {
    Contact { kind: ContactKind::PhoneNumber, value: "+15550100".to_owned() }
}

/// A transport whose mail hangs until it is released, and whose SMS are delivered.
#[derive(Debug, Default)]
struct HangingMail {
    mail: FakeTransport,
    sms: FakeTransport,
}

#[async_trait::async_trait]
impl Transport for HangingMail {
    async fn deliver(&self, message: &OutgoingMessage) -> Result<(), DeliveryFault> {
        match message.to.kind {
            ContactKind::Email => self.mail.deliver(message).await,
            ContactKind::PhoneNumber => self.sms.deliver(message).await,
        }
    }
}

#[tokio::test]
async fn mail_server_that_hangs_does_not_stop_sms() {
    let mut fixture = fixture(FakeTransport::default()).await;
    let transport = Arc::new(HangingMail { mail: FakeTransport::blocked(), ..HangingMail::default() });
    fixture.outbox.transport = transport.clone();
    fixture.outbox.timeouts.place = Duration::from_millis(10);
    // More mails than there are places and rows in a batch, and an SMS after them.
    fixture.add_rows((0..100).map(mail_to).chain([sms()])).await;
    fixture.clock.advance(CLAIM_TTL + Duration::from_secs(1));
    for _ in 0..3 {
        fixture.outbox.start_due().await.expect("started");
    }
    fixture.outbox.settle().await;
    assert_eq!(transport.sms.received().len(), 1, "the SMS is sent");
    assert!(transport.mail.received().is_empty(), "the mails hang");
    transport.mail.release();
    fixture.outbox.finish().await;
    assert_eq!(transport.mail.received().len(), MAX_IN_FLIGHT);
    fixture.clock.advance(FIRST_WAIT);
    for _ in 0..3 {
        fixture.outbox.send_due().await.expect("sent");
        fixture.clock.advance(FIRST_WAIT);
    }
    assert_eq!(transport.mail.received().len(), 101, "the mails that waited are sent later");
}

#[tokio::test]
async fn request_does_not_wait_while_the_transport_of_its_medium_does_not_respond() {
    let mut fixture = fixture(FakeTransport::default()).await;
    let transport = Arc::new(HangingMail { mail: FakeTransport::blocked(), ..HangingMail::default() });
    fixture.outbox.transport = transport.clone();
    // The requests would wait forever.
    fixture.outbox.timeouts =
        Timeouts { transport: Duration::from_millis(10), request: Duration::MAX, place: Duration::MAX };
    fixture.add_rows((0..CLOSING_FAILURES as usize).map(mail_to)).await;
    fixture.clock.advance(CLAIM_TTL - Duration::from_millis(1));
    fixture.clock.advance(Duration::from_secs(1));
    // The row of the fixture is due too: with it the lane has had enough timeouts.
    fixture.outbox.send_due().await.expect("attempted");
    let before = fixture.row().await.expect("it waits").tries;
    assert_eq!(fixture.send().await, Ok(SendOutcome::Queued), "at once");
    assert_eq!(fixture.row().await.expect("it waits").tries, before, "no attempt was made");
    transport.mail.release();
    fixture.clock.advance(CLOSED_FOR);
    for _ in 0..4 {
        fixture.outbox.send_due().await.expect("sent");
        fixture.clock.advance(FIRST_WAIT);
    }
    assert!(fixture.is_removed().await, "the server responds again");
}

/// Returns the mail server and the webhook at a port where nothing listens.
async fn unreachable_transports(clock: &Clock) -> Transports {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let server = format!("smtp://127.0.0.1:{port}?tls=none").parse().expect("a server");
    let mail = Smtp::new(server, "no-reply@example.com".parse().expect("an address")).expect("a transport");
    let address = format!("http://127.0.0.1:{port}").parse().expect("an address");
    let secret = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".parse().expect("a secret");
    let sms = Webhook::new(address, secret, clock.clone()).expect("a transport");
    Transports { inbox: None, mail: Some(Arc::new(mail)), sms: Some(Arc::new(sms)) }
}

impl Fixture {
    /// Returns the number of attempts at the rows that were added for a medium, and at the first one if it is a mail.
    async fn attempts(&self, medium: ContactKind) -> u32 {
        let mut attempts = 0;
        let added = (0..CLOSING_FAILURES).map(|number| message_id(medium, &format!("row{number}")));
        for id in added.chain([self.committed.row.id.clone()]) {
            let row = self.store.begin().find_message(&self.pool, &id).await.expect("read");
            attempts += row.filter(|row| row.to.kind == medium).map_or(0, |row| row.tries);
        }
        attempts
    }
}

#[tokio::test]
async fn medium_whose_receiver_cannot_be_reached_is_not_tried_for_a_while() {
    for to in [mail_to(0), sms()] {
        let mut fixture = fixture(FakeTransport::default()).await;
        fixture.outbox.transport = Arc::new(unreachable_transports(&fixture.clock).await);
        fixture.add_rows((0..CLOSING_FAILURES).map(|_| to.clone())).await;
        fixture.clock.advance(CLAIM_TTL + Duration::from_secs(1));
        fixture.outbox.send_due().await.expect("attempted");
        let before = fixture.attempts(to.kind).await;
        assert!(before >= CLOSING_FAILURES, "{to:?} {before}");
        fixture.clock.advance(FIRST_WAIT);
        fixture.outbox.send_due().await.expect("nothing is sent");
        assert_eq!(fixture.attempts(to.kind).await, before, "{to:?}");
        fixture.clock.advance(LONGEST_PAUSE);
        fixture.outbox.send_due().await.expect("attempted");
        assert!(fixture.attempts(to.kind).await > before, "{to:?}");
    }
}

#[tokio::test]
async fn messages_that_are_dropped_do_not_keep_a_medium_closed() {
    let fixture = fixture(FakeTransport::default()).await;
    fixture.add_rows((0..3).map(mail_to)).await;
    for id in ["row0", "row1"] {
        let row = fixture.store.begin().find_message(&fixture.pool, id).await.expect("read").expect("there");
        let expired = OutboxRow { created_at: Timestamp::from_millis(-10_000_000_000), ..row };
        let rows = vec![(Key::outbox(id), Record::Outbox(expired))];
        fixture.store.put(&fixture.pool, rows).await.expect("written");
    }
    let first = Key::outbox(&fixture.committed.row.id);
    fixture.store.remove(&fixture.pool, first).await.expect("removed");
    for _ in 0..CLOSING_FAILURES {
        fixture.outbox.lanes.of(ContactKind::Email).note_no_response();
    }
    fixture.clock.advance(CLAIM_TTL + Duration::from_secs(1));
    for _ in 0..3 {
        fixture.outbox.send_due().await.expect("sent");
        fixture.clock.advance(FIRST_WAIT);
    }
    assert_eq!(fixture.transport.received().len(), 1, "the message after those that have expired");
}

#[tokio::test]
async fn medium_without_places_is_not_read_and_its_rows_are_not_written() {
    let fixture = fixture(FakeTransport::default()).await;
    fixture.add_rows((0..100).map(mail_to).chain([sms(), sms()])).await;
    fixture.clock.advance(CLAIM_TTL + Duration::from_secs(1));
    for _ in 0..CLOSING_FAILURES {
        fixture.outbox.lanes.of(ContactKind::Email).note_no_response();
    }
    let before = due_mails(&fixture).await;
    assert_eq!(before.len(), 101);
    assert_eq!(
        fixture.outbox.send_due().await,
        Ok(2),
        "the SMS are sent, though 101 mails are due before them"
    );
    assert_eq!(due_mails(&fixture).await, before, "no mail was postponed");
    fixture.clock.advance(CLOSED_FOR);
    assert_eq!(fixture.outbox.send_due().await, Ok(1), "one mail tries, and the others are left");
    assert_eq!(due_mails(&fixture).await.len(), 100);
    while fixture.outbox.send_due().await.expect("sent") > 0 {}
    assert_eq!(fixture.transport.received().len(), 103);
}

/// Returns the ids and the times of the mails that are due.
async fn due_mails(fixture: &Fixture) -> Vec<(String, Timestamp)> {
    let due = fixture.store.due_messages(ContactKind::Email, fixture.clock.now(), 1_000).await.expect("read");
    due.into_iter().map(|(_, _, row)| (row.id, row.next_at)).collect()
}

/// A build of before wrote SMS under the kind of mails.
#[tokio::test]
async fn sms_among_the_mails_of_a_former_store_is_sent() {
    let fixture = fixture(FakeTransport::default()).await;
    let row = fixture.row().await.expect("there");
    let former = OutboxRow { to: sms(), ..row };
    let rows = vec![(Key::outbox(&former.id), Record::Outbox(former))];
    fixture.store.put(&fixture.pool, rows).await.expect("written");
    fixture.clock.advance(CLAIM_TTL);
    assert_eq!(fixture.outbox.send_due().await, Ok(1));
    assert!(fixture.is_removed().await);
}

/// SMS of a build of before do not hold the mails behind them while SMS have no place.
#[tokio::test]
async fn sms_among_the_mails_of_a_former_store_does_not_hold_the_mails() {
    let fixture = fixture(FakeTransport::default()).await;
    let mail = fixture.row().await.expect("there");
    // Of two rows the one with the smaller id is read first.
    let former = OutboxRow { id: format!("!{}", mail.id), to: sms(), ..mail };
    let rows = vec![(Key::outbox(&former.id), Record::Outbox(former))];
    fixture.store.put(&fixture.pool, rows).await.expect("written");
    fixture.clock.advance(CLAIM_TTL);
    for _ in 0..CLOSING_FAILURES {
        fixture.outbox.lanes.of(ContactKind::PhoneNumber).note_no_response();
    }
    assert_eq!(fixture.outbox.send_due().await, Ok(1), "the mail");
    assert!(fixture.is_removed().await, "the mail was sent");
}

#[tokio::test]
async fn row_pauses_for_half_of_its_age_while_its_medium_is_not_tried() {
    // (age, pause)
    let cases = [
        (Duration::ZERO, CLOSED_FOR),
        (CLOSED_FOR * 3, CLOSED_FOR * 3 / 2),
        (Duration::from_secs(60 * 60), LONGEST_PAUSE),
    ];
    for (age, pause) in cases {
        let fixture = fixture(FakeTransport::default()).await;
        fixture.clock.advance(age);
        for _ in 0..CLOSING_FAILURES {
            fixture.outbox.lanes.of(ContactKind::Email).note_no_response();
        }
        assert_eq!(fixture.send().await, Ok(SendOutcome::Queued));
        let due = fixture.clock.now().after(pause);
        assert_eq!(fixture.row().await.expect("it waits").next_at, due, "first attempt {age:?}");
        fixture.clock.advance(pause);
        for _ in 0..CLOSING_FAILURES {
            fixture.outbox.lanes.of(ContactKind::Email).note_no_response();
        }
        assert_eq!(fixture.outbox.send_due().await, Ok(0), "nothing is sent");
        assert_eq!(fixture.row().await.expect("it waits").next_at, due, "it stays as it is {age:?}");
    }
}

#[tokio::test]
async fn message_beyond_the_limit_of_attempts_is_due_soon() {
    let fixture = fixture(FakeTransport::default()).await;
    let attempts: Vec<_> = std::iter::from_fn(|| fixture.outbox.begin_mail()).collect();
    assert_eq!(fixture.send().await, Ok(SendOutcome::Queued));
    let row = fixture.row().await.expect("it waits");
    assert_eq!((row.tries, row.next_at), (0, fixture.clock.now().after(FIRST_WAIT)));
    drop(attempts);
    fixture.clock.advance(FIRST_WAIT);
    assert_eq!(fixture.outbox.send_due().await, Ok(1));
}

#[tokio::test]
async fn send_due_sends_many_messages_at_once() {
    let fixture = fixture(FakeTransport::slow(Duration::from_millis(20))).await;
    fixture.add_rows((0..40).map(mail_to)).await;
    assert_eq!(fixture.outbox.send_due().await, Ok(0), "the process that committed has the claim");
    fixture.clock.advance(CLAIM_TTL + Duration::from_secs(1));
    assert_eq!(fixture.outbox.send_due().await, Ok(41));
    assert_eq!(fixture.transport.received().len(), 41);
    assert_eq!(fixture.outbox.send_due().await, Ok(0));
}
