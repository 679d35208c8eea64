//! Limits of connections, and which ones give way.

use super::*;

fn ip(text: &str) -> IpAddr {
    text.parse().expect("an address")
}

fn connections(limit: usize, per_address: usize) -> Arc<Connections> {
    let exempt = vec!["10.0.0.0/8".parse().expect("a range")];
    Arc::new(Connections::new(limit, NonZeroUsize::new(per_address), exempt))
}

async fn open(all: &Arc<Connections>, address: &str) -> OpenConnection {
    // Two connections never begin to wait in the same microsecond.
    tokio::time::sleep(Duration::from_millis(2)).await;
    all.open(ip(address)).await.expect("allowed")
}

async fn is_evicted(connection: &OpenConnection) -> bool {
    timeout(Duration::from_millis(1), connection.waiting.evicted()).await.is_ok()
}

#[tokio::test]
async fn longest_waiting_connection_of_the_busiest_address_gives_way() {
    let all = connections(5, 0);
    let other = open(&all, "192.0.2.2").await;
    let serving = open(&all, "192.0.2.1").await;
    assert!(serving.waiting.end());
    let begun = open(&all, "192.0.2.1").await;
    let longest = open(&all, "192.0.2.1").await;
    let shortest = open(&all, "192.0.2.1").await;
    begun.waiting.restart();
    let newcomer = tokio::spawn({
        let all = Arc::clone(&all);
        async move { open(&all, "192.0.2.3").await }
    });
    longest.waiting.evicted().await;
    assert!(!longest.waiting.end(), "a request that arrives now is not served");
    for connection in [&other, &serving, &begun, &shortest] {
        assert!(!is_evicted(connection).await, "{connection:?}");
    }
    assert!(!newcomer.is_finished(), "it waits until the other is closed");
    drop(longest);
    newcomer.await.expect("no panic");
}

#[tokio::test]
async fn connections_whose_requests_are_served_do_not_give_way() {
    let all = connections(2, 0);
    let (first, second) = (open(&all, "192.0.2.1").await, open(&all, "192.0.2.1").await);
    assert!(first.waiting.end() && second.waiting.end());
    let newcomer = tokio::spawn({
        let all = Arc::clone(&all);
        async move { open(&all, "192.0.2.2").await }
    });
    tokio::time::sleep(LOOK_AGAIN * 3).await;
    assert!(!is_evicted(&first).await && !is_evicted(&second).await && !newcomer.is_finished());
    // The client of the first has got its response.
    first.waiting.restart();
    first.waiting.evicted().await;
    drop(first);
    newcomer.await.expect("no panic");
}

#[tokio::test]
async fn address_at_its_limit_gets_a_connection_only_for_one_that_waits() {
    let all = connections(100, 2);
    let (first, second) = (open(&all, "192.0.2.1").await, open(&all, "192.0.2.1").await);
    assert!(first.waiting.end() && second.waiting.end());
    assert!(all.open(ip("192.0.2.1")).await.is_none());
    assert!(all.open(ip("::ffff:192.0.2.1")).await.is_none(), "the same address");
    let _other = open(&all, "192.0.2.2").await;
    second.waiting.restart();
    let third = open(&all, "192.0.2.1").await;
    assert!(is_evicted(&second).await && !is_evicted(&first).await);
    assert!(third.waiting.end());
    assert!(all.open(ip("192.0.2.1")).await.is_none(), "the connection that gives way counts no longer");
    drop((second, first));
    open(&all, "192.0.2.1").await;
}

#[tokio::test]
async fn proxies_are_exempt_and_ipv6_clients_are_counted_by_their_network() {
    let all = connections(100, 1);
    let mut held = Vec::new();
    for address in ["10.0.0.1", "10.0.0.1", "10.0.0.1", "2001:db8::1", "2001:db8:0:1::1"] {
        let connection = open(&all, address).await;
        assert!(connection.waiting.end());
        held.push(connection);
    }
    assert!(all.open(ip("2001:db8::ffff")).await.is_none());
    drop(held);
    timeout(Duration::from_secs(1), all.all_closed()).await.expect("every connection is closed");
}

#[test]
fn warning_is_due_once_in_a_while_with_its_count() {
    let (warning, start) = (Warning::default(), Instant::now());
    assert_eq!(warning.is_due_at(start), Some(1));
    assert_eq!(warning.is_due_at(start + WARNING_INTERVAL / 2), None);
    assert_eq!(warning.is_due_at(start + WARNING_INTERVAL), Some(2));
}
