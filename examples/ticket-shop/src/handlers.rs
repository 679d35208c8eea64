//! The handlers: one async function for each operation. Inputs satisfy all constraints of the model.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use lido_runtime::{BrokenRules, Extension};

use crate::{
    auth::Caller,
    tickets::{
        operations::*,
        types::{NoSuchShow, NoSuchTicket, Show, ShowId, SoldOut, Ticket},
    },
};

/// The shows, and the tickets that are sold, each with its owner.
#[derive(Debug, Clone)]
pub struct Shop(Arc<Mutex<Books>>);

#[derive(Debug)]
struct Books {
    shows: Vec<Show>,
    sold: Vec<(Caller, Ticket)>,
    last_number: i32,
}

impl Shop {
    /// Returns a shop with two shows.
    ///
    /// # Errors
    /// Returns the constraints that an id violates.
    pub fn open() -> Result<Self, BrokenRules> {
        let mut shows = Vec::new();
        for (id, title, seats) in [("hamlet", "Hamlet", 3), ("tosca", "Tosca", 100)] {
            shows.push(Show::new(ShowId::try_from(id)?, title.to_owned(), seats));
        }
        Ok(Self(Arc::new(Mutex::new(Books { shows, sold: Vec::new(), last_number: 0 }))))
    }

    fn books(&self) -> MutexGuard<'_, Books> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Lists the shows. An operation without errors returns its output.
pub async fn list_shows(_: ListShowsInput, shop: Extension<Shop>) -> ListShowsOutput {
    ListShowsOutput::new(shop.0.books().shows.clone())
}

/// Sells tickets to the caller, all or none.
pub async fn buy_tickets(
    input: BuyTicketsInput,
    shop: Extension<Shop>,
    caller: Extension<Caller>,
) -> Result<BuyTicketsOutput, BuyTicketsError> {
    let mut books = shop.0.books();
    let seats = input.seats.into_inner();
    let Some(show) = books.shows.iter_mut().find(|show| show.id == input.show_id) else {
        return Err(NoSuchShow::new(format!("There is no show {}.", input.show_id.as_str())).into());
    };
    if show.seats_left < seats {
        let message = format!("{} has {} seats left.", show.title, show.seats_left);
        return Err(SoldOut::new(message, show.seats_left).into());
    }
    show.seats_left -= seats;
    let mut tickets = Vec::new();
    for _ in 0..seats {
        books.last_number += 1;
        let ticket = Ticket::new(books.last_number, input.show_id.clone());
        books.sold.push((caller.0.clone(), ticket.clone()));
        tickets.push(ticket);
    }
    Ok(BuyTicketsOutput::new(tickets))
}

/// Lists the tickets of the caller.
pub async fn list_tickets(
    _: ListTicketsInput,
    shop: Extension<Shop>,
    caller: Extension<Caller>,
) -> ListTicketsOutput {
    let books = shop.0.books();
    let own = books.sold.iter().filter(|(owner, _)| *owner == caller.0);
    ListTicketsOutput::new(own.map(|(_, ticket)| ticket.clone()).collect())
}

/// Takes a ticket of the caller back.
pub async fn refund_ticket(
    input: RefundTicketInput,
    shop: Extension<Shop>,
    caller: Extension<Caller>,
) -> Result<RefundTicketOutput, RefundTicketError> {
    let mut books = shop.0.books();
    let place =
        books.sold.iter().position(|(owner, ticket)| *owner == caller.0 && ticket.number == input.number);
    let Some(place) = place else {
        return Err(NoSuchTicket::new(format!("You have no ticket {}.", input.number)).into());
    };
    let (_, ticket) = books.sold.remove(place);
    if let Some(show) = books.shows.iter_mut().find(|show| show.id == ticket.show_id) {
        show.seats_left += 1;
    }
    Ok(RefundTicketOutput::default())
}
