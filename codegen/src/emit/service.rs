//! Prints the service: the enum of its operations, and its builder.

use std::collections::BTreeMap;

use lido_model::Diagnostic;
use quote::{format_ident, quote};

use super::{
    error_kind,
    file::{File, doc_attributes},
};
use crate::{
    FileSet,
    ir::{AuthScheme, Operation, Service},
    protocol::support,
};

/// Prints `service.rs`.
pub(super) fn emit(service: &Service, files: &mut FileSet) -> Result<(), Diagnostic> {
    let mut file = File::new("service", format!("The service `{}` and its builder.", service.id));
    file.code(operations(service))?;
    if error_kind::has_errors(service) {
        file.code(errors(&service.operations))?;
    }
    file.code(shape(service))?;
    file.code(builder(service))?;
    file.text(&for_each_operation(service));
    file.text(&scope(service));
    files.insert("src/service.rs".to_owned(), file.print());
    Ok(())
}

fn operations(service: &Service) -> proc_macro2::TokenStream {
    let variants = service.operations.iter().map(|operation| {
        let name = format_ident!("{}", operation.name);
        quote! { #name }
    });
    let names: Vec<_> =
        service.operations.iter().map(|operation| format_ident!("{}", operation.name)).collect();
    let wire: Vec<_> = service.operations.iter().map(|operation| operation.id.name()).collect();
    let inputs = service.operations.iter().map(|operation| format_ident!("{}", operation.input.name));
    let target = service.id.name();
    let find = find(&service.operations);
    let auth = auth(&service.operations);
    quote! {
        #[doc = " The operations of the service."]
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Operation { #(#variants),* }

        impl std::fmt::Display for Operation {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(lido_runtime::Operation::name(*self))
            }
        }

        impl lido_runtime::Operation for Operation {
            const ALL: &'static [Self] = &[#(Self::#names),*];

            const SERVICE: &'static str = #target;

            fn settings() -> &'static lido_runtime::Settings {
                &crate::SETTINGS
            }

            fn find(name: &str) -> Option<Self> {
                #find
            }

            fn index(self) -> usize {
                self as usize
            }

            fn name(self) -> &'static str {
                match self { #(Self::#names => #wire),* }
            }

            fn auth(self) -> &'static [lido_runtime::AuthScheme] {
                #auth
            }

            fn check(self, headers: &lido_runtime::http::HeaderMap, body: &lido_runtime::Bytes) -> Result<(), lido_runtime::Rejection> {
                match self { #(Self::#names => lido_runtime::check_input::<crate::operations::#inputs>(headers, body)),* }
            }
        }
    }
}

/// Returns the lookup of an operation by its name. It compares the length first, so that few names are compared.
fn find(operations: &[Operation]) -> proc_macro2::TokenStream {
    let mut lengths: BTreeMap<usize, Vec<&Operation>> = BTreeMap::new();
    for operation in operations {
        lengths.entry(operation.id.name().len()).or_default().push(operation);
    }
    let arms = lengths.iter().map(|(length, operations)| {
        let length = proc_macro2::Literal::usize_unsuffixed(*length);
        let arms = operations.iter().map(|operation| {
            let (wire, name) = (operation.id.name(), format_ident!("{}", operation.name));
            quote! { #wire => Self::#name, }
        });
        quote! { #length => match name { #(#arms)* _ => return None }, }
    });
    quote! { Some(match name.len() { #(#arms)* _ => return None }) }
}

/// Returns the schemes of each operation. The schemes that most operations have come last.
fn auth(operations: &[Operation]) -> proc_macro2::TokenStream {
    let mut groups: BTreeMap<&[AuthScheme], Vec<proc_macro2::Ident>> = BTreeMap::new();
    for operation in operations {
        groups.entry(&operation.auth).or_default().push(format_ident!("{}", operation.name));
    }
    let mut groups: Vec<_> = groups.into_iter().collect();
    groups.sort_by_key(|(_, names)| names.len());
    let Some((most, _)) = groups.pop() else { return quote!(&[]) };
    let most = most.iter().map(scheme);
    if groups.is_empty() {
        return quote!(&[#(#most),*]);
    }
    let arms = groups.into_iter().map(|(schemes, names)| {
        let schemes = schemes.iter().map(scheme);
        quote! { #(Self::#names)|* => &[#(#schemes),*], }
    });
    quote! { match self { #(#arms)* _ => &[#(#most),*] } }
}

fn scheme(scheme: &AuthScheme) -> proc_macro2::TokenStream {
    let path = quote!(lido_runtime::AuthScheme);
    match scheme {
        AuthScheme::NoAuth => quote!(#path::NoAuth),
        AuthScheme::SigV4 => quote!(#path::SigV4),
        AuthScheme::SigV4a => quote!(#path::SigV4a),
        AuthScheme::HttpBearer => quote!(#path::HttpBearer),
        AuthScheme::HttpBasic => quote!(#path::HttpBasic),
        AuthScheme::HttpDigest => quote!(#path::HttpDigest),
        AuthScheme::HttpApiKey { name, in_query, scheme } => {
            let location = if *in_query { quote!(Query) } else { quote!(Header) };
            let scheme = match scheme {
                Some(scheme) => quote!(Some(#scheme)),
                None => quote!(None),
            };
            quote! {
                #path::HttpApiKey { name: #name, location: lido_runtime::ApiKeyLocation::#location, scheme: #scheme }
            }
        }
        AuthScheme::Custom(id) => quote!(#path::Custom(#id)),
    }
}

/// Returns the functions that list the errors of each operation.
fn errors(operations: &[Operation]) -> proc_macro2::TokenStream {
    let arms = operations.iter().map(|operation| {
        let name = format_ident!("{}", operation.name);
        match &operation.error {
            Some(error) => {
                let error = format_ident!("{}", error.name);
                quote! { Self::#name => <crate::operations::#error as lido_runtime::FromApiError>::DECLARED }
            }
            None => quote! { Self::#name => &[] },
        }
    });
    quote! {
        impl Operation {
            #[doc = " Returns the kinds of error that the operation declares, sorted by name."]
            pub fn errors(self) -> &'static [crate::ErrorKind] {
                match self { #(#arms),* }
            }

            #[doc = " Returns whether the operation declares errors of this kind."]
            pub fn declares(self, kind: crate::ErrorKind) -> bool {
                self.errors().contains(&kind)
            }
        }
    }
}

/// Returns a macro that calls another macro with all operations.
fn for_each_operation(service: &Service) -> String {
    let list: String = service
        .operations
        .iter()
        .map(|operation| format!("            {} {},\n", operation.method, operation.name))
        .collect();
    format!(
        "/// Calls the macro `$call` with the list of all operations, each as its method of the builder and its name.\n\
         #[macro_export]\nmacro_rules! for_each_operation {{\n    ($call:ident) => {{\n        $call! {{\n{list}        }}\n    }};\n}}\n"
    )
}

/// Returns the macro that declares a scope of plugins by the operations that are included, or by those that are excluded.
fn scope(service: &Service) -> String {
    let members: String = service
        .operations
        .iter()
        .map(|operation| {
            format!(
                "            impl lido_runtime::plugin::scoped::Membership<$crate::operations::{0}> for $name {{\n                \
                 type Contains = contains!({0});\n            }}\n",
                operation.name
            )
        })
        .collect();
    format!(
        "/// Declares a scope of plugins, for `lido_runtime::plugin::Scoped`: a type, with the operations that it `includes` or with\n\
         /// those that it `excludes`.\n\
         #[macro_export]\nmacro_rules! scope {{\n    \
         ($(#[$meta:meta])* $visibility:vis struct $name:ident {{ $list:ident: [$($operation:ident),* $(,)?] $(,)? }}) => {{\n        \
         $(#[$meta])*\n        $visibility struct $name;\n        \
         const _: () = {{\n            \
         // A name that is no operation does not compile.\n            \
         $(const _: fn($crate::operations::$operation) = drop;)*\n            \
         macro_rules! listed {{\n                \
         (includes) => {{ lido_runtime::plugin::scoped::True }};\n                \
         (excludes) => {{ lido_runtime::plugin::scoped::False }};\n            }}\n            \
         macro_rules! others {{\n                \
         (includes) => {{ lido_runtime::plugin::scoped::False }};\n                \
         (excludes) => {{ lido_runtime::plugin::scoped::True }};\n            }}\n            \
         macro_rules! contains {{\n                \
         $(($operation) => {{ listed!($list) }};)*\n                \
         ($other:ident) => {{ others!($list) }};\n            }}\n{members}        }};\n    }};\n}}\n"
    )
}

fn shape(service: &Service) -> proc_macro2::TokenStream {
    let name = format_ident!("{}", service.name);
    let docs =
        doc_attributes(&service.docs.clone().unwrap_or_else(|| format!("The service `{}`.", service.id)));
    let (absolute, namespace, local) = (service.id.as_str(), service.id.namespace(), service.id.name());
    let version = match &service.version {
        Some(version) => quote!(Some(#version)),
        None => quote!(None),
    };
    let protocol: proc_macro2::TokenStream = support(service.protocol).marker().parse().unwrap_or_default();
    let builder = format_ident!("{}Builder", service.name);
    quote! {
        #docs
        #[derive(Clone, Copy, Debug)]
        pub struct #name;

        impl lido_runtime::server::service::ServiceShape for #name {
            const ID: lido_runtime::server::ShapeId = lido_runtime::server::ShapeId::new(#absolute, #namespace, #local);
            const VERSION: Option<&'static str> = #version;

            type Protocol = #protocol;
            type Operations = Operation;
        }

        impl #name {
            #[doc = " Returns a builder of the service with the layers and plugins of `config`."]
            pub fn builder<B, L, H, M>(config: lido_runtime::Config<L, H, M>) -> #builder<B, L, H, M> {
                #builder { routes: lido_runtime::Routes::new(config) }
            }
        }
    }
}

fn builder(service: &Service) -> proc_macro2::TokenStream {
    let name = format_ident!("{}Builder", service.name);
    let docs = doc_attributes(&format!(
        "The builder of [`{0}`], returned by [`{0}::builder`]. It has one setter for each operation.",
        service.name
    ));
    quote! {
        #docs
        #[derive(Debug)]
        #[must_use]
        pub struct #name<B, L, H, M> {
            pub(crate) routes: lido_runtime::Routes<Operation, B, L, H, M>,
        }

        impl<B, L, H, M> #name<B, L, H, M> {
            #[doc = " Sets the response of operations without a handler. Their input is read and checked first."]
            #[doc = ""]
            #[doc = " [`lido_runtime::not_implemented`] is the usual fallback."]
            pub fn unserved(mut self, fallback: fn(Operation) -> lido_runtime::http::Response<lido_runtime::server::body::BoxBody>) -> Self {
                self.routes.set_unserved(fallback);
                self
            }

            #[doc = " Builds the service, which takes HTTP requests."]
            #[doc = ""]
            #[doc = " # Errors"]
            #[doc = " Returns the operations that have no handler, unless `unserved` was called."]
            pub fn build(self) -> Result<L::Service, lido_runtime::MissingOperations>
            where
                L: lido_runtime::tower::Layer<lido_runtime::Router<Operation, B>>,
                B: lido_runtime::server::body::HttpBody<Data = lido_runtime::Bytes> + Send + Unpin + 'static,
            {
                self.routes.build()
            }
        }
    }
}
