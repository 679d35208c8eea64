//! Lambda triggers: functions of the pool's owner that are asked, or told, at certain moments.
//!
//! Each trigger has a file that knows its event field by field; how a function is called is one more. A fault is told to
//! the caller of the operation (BEHAVIOUR section 9.3), so it is a value and no log line. No transaction waits on a
//! trigger: what is asked before a decision is asked once a request, and what is told after it is told after the commit.

mod fault;

pub use fault::TriggerFault;
