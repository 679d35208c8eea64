//! Tests of the runtime on types declared by hand, in the form in which the generator declares them.

#[cfg(test)]
mod limits;
#[cfg(test)]
mod reading;
#[cfg(test)]
#[expect(
    unreachable_pub,
    reason = "types are declared as the generator declares them, in a crate of their own"
)]
mod responses;
#[cfg(test)]
#[expect(
    unreachable_pub,
    reason = "types are declared as the generator declares them, in a crate of their own"
)]
mod shapes;
#[cfg(test)]
mod violations;
#[cfg(test)]
mod writing;
