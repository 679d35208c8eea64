//! What the runtime promises, on types declared by hand as the generator would declare them.

#[cfg(test)]
#[expect(
    unreachable_pub,
    reason = "types are declared as the generator declares them, in a crate of their own"
)]
mod answers;
#[cfg(test)]
mod limits;
#[cfg(test)]
mod reading;
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
