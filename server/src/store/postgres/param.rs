//! The values of parameters. The driver logs those of every statement, so that they show nothing of themselves.

use std::{error::Error, fmt};

use bytes::BytesMut;
use tokio_postgres::types::{IsNull, ToSql, Type};

/// The value of a parameter.
pub(super) type Param = Box<dyn ToSql + Sync + Send>;

/// Returns a parameter with this value.
pub(super) fn param(value: impl ToSql + Sync + Send + 'static) -> Param {
    Box::new(HiddenValue(value))
}

struct HiddenValue<T>(T);

impl<T> fmt::Debug for HiddenValue<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("_")
    }
}

impl<T: ToSql> ToSql for HiddenValue<T> {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        self.0.to_sql(ty, out)
    }

    fn accepts(ty: &Type) -> bool {
        T::accepts(ty)
    }

    fn to_sql_checked(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        self.0.to_sql_checked(ty, out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn value_of_a_parameter_is_not_printed() {
        let params = [param("s3cret"), param(vec![b's'; 3]), param(vec![Some("s3cret")]), param(7_i64)];
        assert_eq!(format!("{params:?}"), "[_, _, _, _]");
    }
}
