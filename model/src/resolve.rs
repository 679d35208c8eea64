//! From the files as written to shapes in which nothing is left to look up.
