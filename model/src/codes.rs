//! The codes of the loader's diagnostics.

crate::codes! {
    NOT_JSON "M001" "the file is not JSON"
        "A model file must be one JSON value. The message has the line and column where reading stopped. Files in Smithy's \
         own language (`.smithy`) are converted with `smithy ast`.";
    REPEATED_KEY "M002" "a key is repeated in an object"
        "JSON readers keep the last of several equal keys, so that a shape or member that is written twice would be lost \
         silently. Keep one of them, or give them different names.";
    WRONG_JSON_TYPE "M003" "a property has the wrong JSON type"
        "The property must be an object, a list or a string, and is something else. The Smithy specification has the form \
         of each property under \"JSON AST\".";
    UNKNOWN_PROPERTY "M004" "a property is not known"
        "Shapes have fixed properties by their type: a structure has `members`, a list `member`, a map `key` and `value`, \
         an operation `input`, `output` and `errors`. Another one is probably misspelled. Information of your own belongs \
         into a trait, or into `metadata`.";
    SMITHY_VERSION "M005" "the version of Smithy is missing or not known"
        "A model file starts with `\"smithy\": \"2.0\"`; \"1.0\" is read too, and upgraded. A JSON file without it is \
         probably no model: pass the folder of the model, or its files.";
    MALFORMED_SHAPE_ID "M006" "a shape id is malformed"
        "Shapes and traits are named absolutely, as `namespace#Name`: `example.weather#CityName`, `smithy.api#String`. \
         Only an `apply` may name a member, as `namespace#Name$member`.";
    MALFORMED_NAME "M007" "a name is malformed"
        "Names of members and shapes have letters, digits and underscores, and start with a letter or an underscore.";
    NO_TARGET "M008" "a reference has no target"
        "A member and a reference to a shape are objects with a `target`: `{\"target\": \"smithy.api#String\"}`.";
    UNKNOWN_TYPE "M009" "the type of a shape is missing or not known"
        "Each shape has a `type`: blob, boolean, string, byte, short, integer, long, float, double, bigInteger, \
         bigDecimal, timestamp, document, enum, intEnum, list, map, structure, union, operation, resource or service.";
    DEFINED_TWICE "M010" "a shape is defined twice"
        "All files together are one model, and each shape is defined once, even if the definitions are equal: a change of \
         one would go unnoticed in the other. To add traits from another file, use `apply`.";
    CASE "M011" "two names differ only in case"
        "Smithy forbids shape ids, and members of a shape, that differ only in case, because they are the same name in some \
         languages. Rename one of them.";
    MISSING_MEMBER "M012" "a member is missing"
        "A list needs `member`, a map `key` and `value`, and unions and enums at least one member.";
    ENUM_VALUE "M013" "a value of an enum is not right"
        "The members of an enum target `smithy.api#Unit`. Those of an `intEnum` need the trait `smithy.api#enumValue` with \
         an integer of 32 bits; those of an `enum` may have it, with a string that is not empty. No value occurs twice.";
    MISSING_SHAPE "M014" "a shape does not exist"
        "A member, operation, service, resource, mixin or `apply` names a shape that no file defines. It is misspelled, or \
         the file that defines it was not loaded.";
    WRONG_TARGET "M015" "a target is of the wrong type"
        "Members target data shapes, keys of maps strings; the input, output and errors of an operation are structures; a \
         service lists operations and resources. Mixins cannot be targeted at all.";
    NOT_AN_ERROR "M016" "an error lacks the trait error"
        "Structures that an operation or service lists in `errors` have the trait `smithy.api#error`, with the value \
         `client` or `server`.";
    UNKNOWN_TRAIT "M017" "the prelude has no such trait"
        "The namespace `smithy.api` belongs to Smithy, so that an unknown trait in it is misspelled: `requird` would \
         otherwise be ignored, and the member be optional. Traits of your own are in a namespace of your own.";
    UNDEFINED_TRAIT "M018" "a trait is not defined"
        "A warning. No file defines the trait as a shape with `smithy.api#trait`, so that a misspelling cannot be noticed. \
         It has no effect on generated code. Load the file that defines it, or check the spelling.";
    TRAIT_VALUE "M019" "a trait has a wrong value, or is at a wrong place"
        "The value of a trait has a form: bounds are numbers with `min` not above `max`, `required` is `{}`. And a trait \
         applies to some types only: `length` to strings, blobs, lists and maps, `required` to members of structures. The \
         message says which of them is violated, and what is expected.";
    TRAIT_CONFLICT "M020" "a trait is applied twice with different values"
        "A trait that an `apply` adds to a shape which has it already must have the same value; lists are concatenated.";
    DEFAULT_DIFFERS "M021" "a member does not repeat the default of its target"
        "If the target of a structure's member has the trait `smithy.api#default`, the member repeats it, or has `null` for \
         no default. Smithy requires this so that the default of a member can be seen where it is used.";
    MIXIN_UNUSABLE "M022" "a shape cannot be mixed in"
        "Only shapes with the trait `smithy.api#mixin` can be mixed in, and only into shapes of the same type. Operations \
         and resources that are mixins have no input, output or properties of their own.";
    MIXIN_CYCLE "M023" "mixins form a cycle"
        "A mixin cannot contain itself, directly or through other mixins. The message names the shapes of the cycle.";
    MIXIN_CONFLICT "M024" "a member conflicts with that of a mixin"
        "A shape may repeat a member of its mixin to add traits, but with the same target.";
    MIXIN_SIZE "M025" "mixins make the model too large"
        "Each user of a mixin gets a copy of it. The copies may have 256 MiB in all, so that a small file cannot exhaust \
         the memory.";
    RESOURCE_CYCLE "M026" "resources contain each other"
        "A resource cannot contain itself, directly or through other resources.";
    NO_FINITE_VALUE "M027" "a recursive shape has no finite value"
        "A list of itself, or a structure with a required member of its own type, has no value that ends. Make one member \
         of the cycle optional, or put a structure or union with another member into it.";
}
