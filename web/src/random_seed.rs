//! A seed that nobody has seen before.

/// Six digits are enough to find a run that nobody has seen, and short enough to say.
const SEEDS: u32 = 1_000_000;

/// A fresh seed, from the browser's source of randomness.
///
/// # Errors
/// What to do instead, where the browser has none.
pub(crate) fn random_seed() -> Result<u64, String> {
    let bits = getrandom::u32().map_err(|error| {
        format!("This browser gives no random numbers ({error}). Type a seed instead.")
    })?;
    Ok(u64::from(bits % SEEDS))
}
