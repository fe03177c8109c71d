//! A compilation target of Rust: its standard library, found in the toolchain,
//! added by rustup, or built from the library's sources.

use super::cache::{self, Cache};
use super::{Options, Tool, Toolbox, first_way_of, library_source};
use crate::process;
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// What differs between one target and another.
pub(crate) struct RustTarget {
    pub(crate) triple: &'static str,
    pub(crate) purpose: &'static str,
    /// What cargo is told, beside the target, to build the library's crates.
    pub(crate) library_flags: &'static [&'static str],
    /// Programs that must compile if the target is there: source, and rustc's flags.
    pub(crate) proofs: &'static [(&'static str, &'static [&'static str])],
    /// Where the toolbox keeps a sysroot of our own.
    pub(crate) slot: fn(&mut Toolbox) -> &mut Option<PathBuf>,
}

/// The compiler that cargo uses.
pub(crate) struct Compiler {
    pub(crate) release: String,
    pub(crate) commit: String,
    pub(crate) host: String,
    pub(crate) sysroot: PathBuf,
}

impl Compiler {
    /// Asks it.
    pub(crate) fn in_use() -> Result<Self> {
        let limit = Duration::from_secs(30);
        let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
        let verbose = process::output_of(Command::new(&rustc).arg("-vV"), limit)?;
        let sysroot = process::output_of(Command::new(&rustc).args(["--print", "sysroot"]), limit)?;
        let line = |name: &str| {
            let found = verbose.lines().find_map(|line| line.strip_prefix(name));
            found.map(|value| value.trim().to_owned()).unwrap_or_default()
        };
        Ok(Self {
            release: line("release:"),
            commit: line("commit-hash:"),
            host: line("host:"),
            sysroot: PathBuf::from(sysroot.trim()),
        })
    }
}

/// Makes a program's compilations use a sysroot of our own.
pub(crate) fn use_sysroot(command: &mut Command, sysroot: Option<&Path>) {
    let Some(sysroot) = sysroot else { return };
    // With `--target`, cargo gives these to that target's crates only, so build
    // scripts and macros keep the toolchain's own library. The encoded form is
    // the one in which a path may have spaces; it replaces the plain one.
    let separator = "\u{1f}";
    let mut flags = std::env::var("CARGO_ENCODED_RUSTFLAGS").unwrap_or_else(|_| {
        let plain = std::env::var("RUSTFLAGS").unwrap_or_default();
        plain.split_whitespace().collect::<Vec<_>>().join(separator)
    });
    if !flags.is_empty() {
        flags.push_str(separator);
    }
    flags.push_str(&format!("--sysroot{separator}{}", sysroot.display()));
    command.env("CARGO_ENCODED_RUSTFLAGS", flags);
}

impl RustTarget {
    fn libraries_in(&self, sysroot: &Path) -> PathBuf {
        sysroot.join("lib/rustlib").join(self.triple).join("lib")
    }

    /// The name of a sysroot of our own for this very compiler.
    fn own_name(&self, compiler: &Compiler) -> String {
        let commit = compiler.commit.get(..9).unwrap_or("unknown");
        // The recipe is a part of the name: crates that were compiled against
        // another library at the same place would no longer be found.
        format!("rust-std-{}-{commit}-{}-with-bitcode", compiler.release, self.triple)
    }

    /// Compiles small programs: the only proof that a target is there and fits.
    fn prove(&self, cache: &Cache, compiler: &Compiler, own: Option<&Path>) -> Result<()> {
        let folder =
            cache.build_folder(&format!("proof-{}-{}", self.triple, std::process::id()))?;
        let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
        let mut proved = Ok(());
        for (source, flags) in self.proofs {
            fs::write(folder.join("proof.rs"), source)?;
            let mut command = Command::new(&rustc);
            command.args(["--edition", "2024", "--target", self.triple]);
            command.args(*flags).args(["-o", "proof.out", "proof.rs"]);
            command.current_dir(&folder);
            if let Some(own) = own {
                command.arg("--sysroot").arg(own);
            }
            proved = process::output_of(&mut command, Duration::from_secs(120)).map(|_| ());
            if proved.is_err() {
                break;
            }
        }
        cache::remove(&folder)?;
        proved.with_context(|| {
            format!("rustc {} does not compile for {}", compiler.release, self.triple)
        })
    }

    /// Whether the target is there and fits. The proof is made once for a
    /// compiler and a library, and remembered.
    fn works(&self, cache: &Cache, compiler: &Compiler, own: Option<&Path>) -> bool {
        let libraries = self.libraries_in(own.unwrap_or(&compiler.sysroot));
        let Ok(changed) = libraries.metadata().and_then(|metadata| metadata.modified()) else {
            return false;
        };
        let proof = format!(
            "{}\n{}\n{}\n{changed:?}\n{:?}\n",
            compiler.release,
            compiler.commit,
            libraries.display(),
            self.proofs
        );
        let place = if own.is_some() { "own" } else { "toolchain" };
        let stamp = cache.root().join("build").join(format!("proved-{}-{place}", self.triple));
        if fs::read_to_string(&stamp).is_ok_and(|text| text == proof) {
            return true;
        }
        match self.prove(cache, compiler, own) {
            Ok(()) => {
                // Without it the proof is only made again.
                let _ = fs::write(&stamp, proof);
                true
            }
            Err(error) => {
                process::say(&format!(
                    "   {} is there but does not work: {error:#}",
                    libraries.display()
                ));
                false
            }
        }
    }

    fn add_by_rustup(&self) -> Result<()> {
        let Some(rustup) = process::on_path("rustup") else { bail!("there is no rustup here") };
        let mut command = Command::new(rustup);
        command.args(["target", "add", self.triple]);
        process::output_of(&mut command, Duration::from_secs(180)).map(|_| ())
    }

    /// Builds the library for this target and puts it where the compiler finds it.
    fn build_from_source(&self, cache: &Cache, compiler: &Compiler) -> Result<()> {
        let library = library_source::matching(cache, compiler)?;
        let name = self.own_name(compiler);
        let built = cache.build_folder(&name)?;
        let mut command = Command::new(process::cargo());
        command.args(["build", "--release", "--target", self.triple]);
        command.args(self.library_flags);
        command.current_dir(&library);
        command.env("CARGO_TARGET_DIR", &built);
        // As the toolchain's own build does: the library uses what is not stable,
        // and is marked so that programs can't use its insides.
        command.env("RUSTC_BOOTSTRAP", "1");
        command.env_remove("CARGO_ENCODED_RUSTFLAGS");
        // The bitcode is for the page's link-time optimisation, which goes through
        // the library too.
        command.env("RUSTFLAGS", "-Zforce-unstable-if-unmarked -Cembed-bitcode=yes");
        process::with_heartbeat(&mut command, "the standard library", &cache.log(&name))?;
        let crates = built.join(self.triple).join("release/deps");
        self.put_into_toolchain(&crates, compiler).or_else(|error| {
            process::say(&format!("      the toolchain can't be written to ({error:#}):"));
            process::say("      the target gets a sysroot of our own");
            let into = |folder: &Path| copy_libraries(&crates, &self.libraries_in(folder));
            cache.install(&name, into).map(|_| ())
        })?;
        cache::remove(&built)
    }

    fn put_into_toolchain(&self, crates: &Path, compiler: &Compiler) -> Result<()> {
        let whole = compiler.sysroot.join("lib/rustlib").join(self.triple);
        if whole.exists() {
            bail!("{} is there already, and is not ours to replace", whole.display());
        }
        let partial = whole.with_file_name(format!(".partial-{}", self.triple));
        cache::remove(&partial)?;
        let copied = copy_libraries(crates, &partial.join("lib"))
            .and_then(|()| fs::rename(&partial, &whole).map_err(Into::into));
        if copied.is_err() {
            cache::remove(&partial)?;
        }
        copied
    }
}

fn copy_libraries(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to).with_context(|| format!("cannot make {}", to.display()))?;
    let mut copied = 0;
    for entry in fs::read_dir(from)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "rlib") {
            let name = path.file_name().expect("an entry of a folder has a name");
            fs::copy(&path, to.join(name))?;
            copied += 1;
        }
    }
    if copied == 0 {
        bail!("{} holds no library", from.display());
    }
    Ok(())
}

impl Tool for RustTarget {
    fn name(&self) -> String {
        format!("the Rust target {}", self.triple)
    }

    fn purpose(&self) -> &'static str {
        self.purpose
    }

    fn takes(&self) -> &'static str {
        "2 minutes"
    }

    fn by_hand(&self) -> String {
        format!(
            "`rustup target add {0}`; without rustup, your system's package of Rust's standard \
             library for {0} of the very version that `rustc --version` prints",
            self.triple
        )
    }

    fn find(&self, cache: &Cache, toolbox: &mut Toolbox) -> Result<Option<String>> {
        let compiler = Compiler::in_use()?;
        if self.works(cache, &compiler, None) {
            return Ok(Some(format!("in the toolchain {}", compiler.sysroot.display())));
        }
        if let Some(own) = cache.installed(&self.own_name(&compiler))
            && self.works(cache, &compiler, Some(&own))
        {
            let place = format!("in {}", own.display());
            *(self.slot)(toolbox) = Some(own);
            return Ok(Some(place));
        }
        Ok(None)
    }

    fn install(&self, cache: &Cache, _options: &Options) -> Result<()> {
        let compiler = Compiler::in_use()?;
        first_way_of(vec![
            ("rustup", Box::new(|| self.add_by_rustup())),
            (
                "building it from the library's sources",
                Box::new(|| self.build_from_source(cache, &compiler)),
            ),
        ])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sysroot_of_our_own_is_told_to_cargo_in_the_encoded_form() {
        let mut command = Command::new("cargo");
        use_sysroot(&mut command, Some(Path::new("/a b/c")));
        let flags = command.get_envs().find(|(name, _)| *name == "CARGO_ENCODED_RUSTFLAGS");
        let flags = flags.and_then(|(_, value)| value).unwrap().to_string_lossy().into_owned();
        assert!(flags.ends_with("--sysroot\u{1f}/a b/c"), "{flags:?}");
    }

    #[test]
    fn without_one_nothing_changes() {
        let mut command = Command::new("cargo");
        use_sysroot(&mut command, None);
        assert_eq!(command.get_envs().count(), 0);
    }
}
