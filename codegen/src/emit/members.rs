//! Prints the members of a structure: its fields, and the code that reads and writes them.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::{capabilities::Capabilities, file::doc_attributes, ty, value::Values};
use crate::ir::{Member, Presence, Structure};

/// Returns the identifier of a field.
pub(super) fn ident(field: &str) -> Ident {
    match field.strip_prefix("r#") {
        Some(keyword) => Ident::new_raw(keyword, proc_macro2::Span::call_site()),
        None => format_ident!("{field}"),
    }
}

/// Returns the type of a member's field.
fn field_type(member: &Member) -> TokenStream {
    let ty = ty::rust(&member.ty);
    if member.presence == Presence::Optional { quote!(Option<#ty>) } else { ty }
}

/// Returns the declaration of the structure, with a constructor if handlers have to make values of it.
pub(super) fn declare(
    structure: &Structure,
    docs: &str,
    made: Option<Values<'_>>,
    capabilities: &Capabilities<'_>,
) -> TokenStream {
    let name = format_ident!("{}", structure.name);
    let docs = doc_attributes(structure.docs.as_deref().unwrap_or(docs));
    let fields = structure.members.iter().map(|member| {
        let docs = member.docs.as_deref().map(doc_attributes);
        let (field, ty) = (ident(&member.field), field_type(member));
        quote! { #docs pub #field: #ty }
    });
    let exact = capabilities.derives_of(structure);
    let all_optional = structure.members.iter().all(|member| member.presence == Presence::Optional);
    let debug = (!structure.sensitive).then(|| quote!(Debug,));
    let default = all_optional.then(|| quote!(Default,));
    let hidden = structure.sensitive.then(|| quote!(lido_runtime::debug_hidden!(#name);));
    let make = made.filter(|_| !all_optional).map(|values| make(structure, values));
    let braces = if structure.members.is_empty() { quote!({}) } else { quote!({ #(#fields,)* }) };
    quote! {
        #docs
        #[derive(Clone, #debug #default PartialEq #exact)]
        pub struct #name #braces
        #hidden
        #make
    }
}

/// Returns `Default` if no member is required, or else a function `new` that takes the required members.
fn make(structure: &Structure, values: Values<'_>) -> TokenStream {
    let name = format_ident!("{}", structure.name);
    let required: Vec<_> =
        structure.members.iter().filter(|member| member.presence == Presence::Required).collect();
    let values = structure.members.iter().map(|member| {
        let field = ident(&member.field);
        match &member.presence {
            Presence::Required => quote!(#field),
            Presence::Optional => quote!(#field: None),
            Presence::Default(default) => {
                let default = values.expression(default, &member.ty);
                quote!(#field: #default)
            }
        }
    });
    if required.is_empty() {
        return quote! {
            impl Default for #name {
                fn default() -> Self {
                    Self { #(#values,)* }
                }
            }
        };
    }
    // With more arguments, a structure literal is easier to read.
    if required.len() > 7 {
        return quote!();
    }
    let arguments = required.iter().map(|member| {
        let (field, ty) = (ident(&member.field), ty::rust(&member.ty));
        quote!(#field: #ty)
    });
    quote! {
        impl #name {
            #[doc = " Returns a value with these members. The others are absent or have their default values."]
            pub fn new(#(#arguments),*) -> Self {
                Self { #(#values,)* }
            }
        }
    }
}

/// Returns the implementations of `Shape`, with the name by which messages show a value, and of `ReadJson`.
pub(super) fn read(structure: &Structure, class: Option<&str>, values: Values<'_>) -> TokenStream {
    let name = format_ident!("{}", structure.name);
    let body = read_body(structure, values);
    let body = if structure.sensitive { quote!(reader.concealed(|reader| { #body })) } else { body };
    let members: Vec<_> = structure
        .members
        .iter()
        .map(|member| (member.wire.as_str(), member.printed.as_str(), Some(&member.ty)))
        .collect();
    let shape = ty::shape(&name, class, &members);
    quote! {
        #shape

        impl lido_runtime::ReadJson for #name {
            fn read_json(reader: &mut lido_runtime::Reader<'_>) -> lido_runtime::read::ReadResult<Self> {
                #body
            }
        }
    }
}

fn read_body(structure: &Structure, values: Values<'_>) -> TokenStream {
    let members = &structure.members;
    if members.is_empty() {
        return quote! {
            let mut object = reader.structure()?;
            while object.next_name()?.is_some() {
                object.skip()?;
            }
            Ok(Some(Self {}))
        };
    }
    let object = free_name(structure, &["object", "members", "object_members"]);
    let key = free_name(structure, &["name", "member", "member_name", "wire_name"]);
    let slots = members.iter().enumerate().map(|(index, member)| {
        let (field, printed) = (ident(&member.field), &member.printed);
        let index = proc_macro2::Literal::usize_unsuffixed(index);
        quote! { let mut #field = lido_runtime::Slot::new(#index, #printed); }
    });
    let arms = members.iter().map(|member| {
        let (field, wire) = (ident(&member.field), &member.wire);
        if ty::reads_specially(&member.ty) {
            let read = ty::read_function(&member.ty);
            quote! { #wire => #field.read_with(&mut #object, #read)?, }
        } else {
            quote! { #wire => #field.read(&mut #object)?, }
        }
    });
    let required: Vec<_> = members.iter().filter(|member| member.presence == Presence::Required).collect();
    let names: Vec<_> = required.iter().map(|member| ident(&member.field)).collect();
    let unpack = match names.as_slice() {
        [] => quote!(),
        [name] => quote! { let Some(#name) = #name.required(&mut #object) else { return Ok(None) }; },
        names => quote! {
            let (#(Some(#names),)*) = (#(#names.required(&mut #object),)*) else { return Ok(None) };
        },
    };
    let values = members.iter().map(|member| {
        let field = ident(&member.field);
        match &member.presence {
            Presence::Required => quote!(#field),
            Presence::Optional => quote!(#field: #field.optional()),
            Presence::Default(default) => {
                let or_default = values.or_default(default, &member.ty);
                quote!(#field: #field.optional().#or_default)
            }
        }
    });
    quote! {
        let mut #object = reader.structure()?;
        #(#slots)*
        while let Some(#key) = #object.next_name()? {
            match &*#key {
                #(#arms)*
                _ => #object.skip()?,
            }
        }
        #unpack
        Ok(Some(Self { #(#values,)* }))
    }
}

/// Returns the first of `names` that is not the name of a field.
fn free_name(structure: &Structure, names: &[&str]) -> Ident {
    let taken = |name: &&&str| structure.members.iter().any(|member| member.field == **name);
    match names.iter().find(|name| !taken(name)) {
        Some(name) => format_ident!("{name}"),
        None => format_ident!("lido_{}", names.first().copied().unwrap_or("name")),
    }
}

/// Returns the statements that append the members to `object`, sorted by name, which is the order of the live service
/// (*Observed*).
pub(super) fn write(structure: &Structure) -> TokenStream {
    let mut members: Vec<_> = structure.members.iter().collect();
    members.sort_by(|one, other| one.wire.cmp(&other.wire));
    let members = members.into_iter().map(|member| {
        let (field, wire) = (ident(&member.field), &member.wire);
        let optional = member.presence == Presence::Optional;
        if ty::writes_specially(&member.ty) {
            let write = ty::write_function(&member.ty);
            let method = if optional { format_ident!("optional_with") } else { format_ident!("member_with") };
            quote! { object.#method(#wire, &self.#field, #write); }
        } else {
            let method = if optional { format_ident!("optional") } else { format_ident!("member") };
            quote! { object.#method(#wire, &self.#field); }
        }
    });
    quote! { #(#members)* }
}

/// Returns the implementation of `WriteJson`.
pub(super) fn write_json(structure: &Structure) -> TokenStream {
    let name = format_ident!("{}", structure.name);
    let members = write(structure);
    let object = if structure.members.is_empty() { quote!(object) } else { quote!(mut object) };
    quote! {
        impl lido_runtime::WriteJson for #name {
            fn write_json(&self, writer: &mut lido_runtime::Writer) {
                let #object = writer.structure();
                #members
                object.end();
            }
        }
    }
}
