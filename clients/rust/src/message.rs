//! The messages that a server has sent to users: its inbox.

use serde::Deserialize;

/// A mail or SMS to a user.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Message {
    /// The id of the message.
    pub id: String,
    /// The time of sending by the clock of the server, in RFC 3339.
    pub sent_at: String,
    /// The id of the user pool.
    pub user_pool_id: String,
    /// The app client of the request that sent it, if it had one.
    pub client_id: Option<String>,
    /// The username of the recipient.
    pub username: String,
    /// `EMAIL` or `SMS`.
    pub medium: String,
    /// The mail address or phone number.
    pub to: String,
    /// The subject, for mail.
    pub subject: Option<String>,
    /// The text: HTML for mail, plain for SMS.
    pub body: String,
    /// The code by itself; in an invitation, the temporary password.
    pub code: String,
    /// The confirmation link, if the message has one.
    pub link: Option<String>,
    /// The trigger source of CustomMessage for this message, such as `CustomMessage_SignUp`.
    pub trigger: String,
}
