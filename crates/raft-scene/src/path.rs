//! Path data, written without the weight of float formatting.
