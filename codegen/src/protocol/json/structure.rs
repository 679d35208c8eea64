//! Prints how structures are read and written: a JSON object with a member for each.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::{shape, values};
use crate::{
    emit::{members::ident, value::Values},
    ir::{Presence, Structure},
};

/// Returns the implementations of `Shape`, with the name by which messages show a value, and of `ReadJson`.
pub(in crate::protocol) fn read(
    structure: &Structure,
    class: Option<&str>,
    defaults: Values<'_>,
) -> TokenStream {
    let name = format_ident!("{}", structure.name);
    let body = read_body(structure, defaults);
    let body = if structure.sensitive { quote!(reader.concealed(|reader| { #body })) } else { body };
    let members: Vec<_> = structure
        .members
        .iter()
        .map(|member| (member.wire.as_str(), member.printed.as_str(), Some(&member.ty)))
        .collect();
    let shape = shape(&name, class, &members);
    quote! {
        #shape

        impl lido_runtime::ReadJson for #name {
            fn read_json(reader: &mut lido_runtime::Reader<'_>) -> lido_runtime::read::ReadResult<Self> {
                #body
            }
        }
    }
}

fn read_body(structure: &Structure, defaults: Values<'_>) -> TokenStream {
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
        if values::reads_specially(&member.ty) {
            let read = values::read_function(&member.ty);
            quote! { #wire => #field.read_with(&mut #object, #read)?, }
        } else {
            quote! { #wire => #field.read(&mut #object)?, }
        }
    });
    let required: Vec<_> = members.iter().filter(|member| member.presence == Presence::Required).collect();
    let names: Vec<_> = required.iter().map(|member| ident(&member.field)).collect();
    let unpack = match names.as_slice() {
        [] => quote!(),
        [name] => quote! { let Some(#name) = #name.required(&mut #object) else { return Ok(None); }; },
        names => quote! {
            let (#(Some(#names),)*) = (#(#names.required(&mut #object),)*) else { return Ok(None); };
        },
    };
    let fields = members.iter().map(|member| {
        let field = ident(&member.field);
        match &member.presence {
            Presence::Required => quote!(#field),
            Presence::Optional => quote!(#field: #field.optional()),
            Presence::Default(default) => {
                let or_default = defaults.or_default(default, &member.ty);
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
        Ok(Some(Self { #(#fields,)* }))
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
fn write_each(structure: &Structure) -> TokenStream {
    let mut members: Vec<_> = structure.members.iter().collect();
    members.sort_by(|one, other| one.wire.cmp(&other.wire));
    let members = members.into_iter().map(|member| {
        let (field, wire) = (ident(&member.field), &member.wire);
        let optional = member.presence == Presence::Optional;
        if values::writes_specially(&member.ty) {
            let write = values::write_function(&member.ty);
            let method = if optional { format_ident!("optional_with") } else { format_ident!("member_with") };
            quote! { object.#method(#wire, &self.#field, #write); }
        } else {
            let method = if optional { format_ident!("optional") } else { format_ident!("member") };
            quote! { object.#method(#wire, &self.#field); }
        }
    });
    quote! { #(#members)* }
}

/// Returns the implementation of `WriteMembers`, for an object that has other members too.
pub(in crate::protocol) fn write_members(structure: &Structure) -> TokenStream {
    let name = format_ident!("{}", structure.name);
    let members = write_each(structure);
    let object = if structure.members.is_empty() { quote!(_) } else { quote!(object) };
    quote! {
        impl lido_runtime::WriteMembers for #name {
            fn write_members(&self, #object: &mut lido_runtime::Object<'_>) {
                #members
            }
        }
    }
}

/// Returns the implementation of `WriteJson`.
pub(in crate::protocol) fn write(structure: &Structure) -> TokenStream {
    let name = format_ident!("{}", structure.name);
    let members = write_each(structure);
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
