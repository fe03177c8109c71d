//! Where things go: nodes on a ring, logs and words outward.
