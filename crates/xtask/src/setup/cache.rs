//! The folder of ours in the user's cache directory. A tool appears in it whole
//! or not at all, however the set-up that puts it there ends.

use crate::process;
use anyhow::{Context, Result, anyhow};
use std::fs;
use std::fs::{File, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};

/// `~/.cache/raftlab`, or where the system keeps such things.
pub(crate) struct Cache {
    root: PathBuf,
}

/// Held while something is installed; the system lets go of it when we end,
/// however we end.
pub(crate) struct Lock {
    _file: File,
}

impl Cache {
    /// The user's.
    pub(crate) fn open() -> Result<Self> {
        Self::at(folder(|name| std::env::var_os(name).filter(|value| !value.is_empty()))?)
    }

    pub(super) fn at(root: PathBuf) -> Result<Self> {
        for part in ["tools", "build", "logs", "tried"] {
            let folder = root.join(part);
            fs::create_dir_all(&folder).with_context(|| {
                format!(
                    "cannot make the folder {} for our tools; \
                     RAFTLAB_CACHE can name another place",
                    folder.display()
                )
            })?;
        }
        Ok(Self { root })
    }

    /// The folder itself, for messages.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// The folder of an installed tool; `None` until it is whole.
    pub(crate) fn installed(&self, name: &str) -> Option<PathBuf> {
        // A folder gets its name last, when all is in it.
        Some(self.root.join("tools").join(name)).filter(|folder| folder.is_dir())
    }

    /// Installs a tool: `fill` gets an empty folder, which gets its name only if
    /// all went well.
    pub(crate) fn install(
        &self,
        name: &str,
        fill: impl FnOnce(&Path) -> Result<()>,
    ) -> Result<PathBuf> {
        let whole = self.root.join("tools").join(name);
        let partial = self.root.join("tools").join(format!(".partial-{name}"));
        // What an interrupted set-up left. We hold the lock, so it is nobody's.
        remove(&partial)?;
        fs::create_dir_all(&partial)?;
        fill(&partial)?;
        remove(&whole)?;
        fs::rename(&partial, &whole)
            .with_context(|| format!("cannot put {} in its place", whole.display()))?;
        Ok(whole)
    }

    /// A folder to build in. It is kept when a build is interrupted, so that the
    /// next one goes on from there.
    pub(crate) fn build_folder(&self, name: &str) -> Result<PathBuf> {
        let folder = self.root.join("build").join(name);
        fs::create_dir_all(&folder)?;
        Ok(folder)
    }

    /// Where the output of a long step is kept.
    pub(crate) fn log(&self, name: &str) -> PathBuf {
        self.root.join("logs").join(format!("{name}.log"))
    }

    /// Why something that we do without could not be installed, if that was tried.
    pub(crate) fn why_not(&self, name: &str) -> Option<String> {
        fs::read_to_string(self.root.join("tried").join(name)).ok()
    }

    /// Keeps why, so that it is not tried each time.
    pub(crate) fn keep_why_not(&self, name: &str, why: &str) -> Result<()> {
        let path = self.root.join("tried").join(name);
        fs::write(&path, why).with_context(|| format!("cannot write {}", path.display()))
    }

    /// Has everything tried again.
    pub(crate) fn forget_why_not(&self) -> Result<()> {
        let folder = self.root.join("tried");
        remove(&folder)?;
        Ok(fs::create_dir_all(&folder)?)
    }

    /// Waits until no other set-up is at work, and keeps others out.
    pub(crate) fn lock(&self) -> Result<Lock> {
        let path = self.root.join("lock");
        let mut options = File::options();
        let mut file = options.read(true).write(true).create(true).truncate(false).open(&path)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut holder = String::new();
                // Only for the message.
                let _ = file.read_to_string(&mut holder);
                process::say(&format!(
                    "Another set-up is at work{}; waiting for it to end.",
                    if holder.is_empty() { String::new() } else { format!(" (process {holder})") }
                ));
                file.lock()?;
            }
            Err(TryLockError::Error(error)) => {
                return Err(anyhow!("cannot lock {}: {error}", path.display()));
            }
        }
        file.set_len(0)?;
        file.rewind()?;
        write!(file, "{}", std::process::id())?;
        Ok(Lock { _file: file })
    }
}

/// Removes a folder that may not be there.
pub(crate) fn remove(folder: &Path) -> Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove {}", folder.display()))
        }
        _ => Ok(()),
    }
}

fn folder(variable: impl Fn(&str) -> Option<std::ffi::OsString>) -> Result<PathBuf> {
    if let Some(chosen) = variable("RAFTLAB_CACHE") {
        return Ok(PathBuf::from(chosen));
    }
    let home = || {
        variable("HOME").map(PathBuf::from).ok_or_else(|| {
            anyhow!("neither HOME nor RAFTLAB_CACHE is set, so there is no place to keep tools")
        })
    };
    // The XDG rules say that a path that is not absolute is to be ignored.
    let of_xdg =
        variable("XDG_CACHE_HOME").map(PathBuf::from).filter(|folder| folder.is_absolute());
    if let Some(folder) = of_xdg {
        return Ok(folder.join("raftlab"));
    }
    if cfg!(target_os = "macos") {
        return Ok(home()?.join("Library/Caches/raftlab"));
    }
    if cfg!(windows)
        && let Some(local) = variable("LOCALAPPDATA")
    {
        return Ok(PathBuf::from(local).join("raftlab"));
    }
    Ok(home()?.join(".cache/raftlab"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use anyhow::bail;

    fn scratch(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("raftlab-{name}-{}", std::process::id()));
        remove(&folder).unwrap();
        folder
    }

    #[test]
    fn a_failed_installation_leaves_nothing_and_can_be_repeated() {
        let root = scratch("cache");
        let cache = Cache::at(root.clone()).unwrap();
        let failed = cache.install("tool-1", |folder| {
            fs::write(folder.join("half"), "")?;
            bail!("interrupted")
        });
        assert!(failed.is_err());
        assert_eq!(cache.installed("tool-1"), None);

        let whole = cache.install("tool-1", |folder| Ok(fs::write(folder.join("all"), "")?));
        let whole = whole.unwrap();
        assert_eq!(cache.installed("tool-1"), Some(whole.clone()));
        assert!(whole.join("all").is_file());
        assert!(!whole.join("half").exists());
        remove(&root).unwrap();
    }

    #[test]
    fn a_lock_can_be_taken_again_once_it_is_let_go() {
        let root = scratch("lock");
        let cache = Cache::at(root.clone()).unwrap();
        drop(cache.lock().unwrap());
        drop(cache.lock().unwrap());
        remove(&root).unwrap();
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn the_folder_is_where_the_user_says() {
        let with = |pairs: &'static [(&str, &str)]| {
            folder(|name| pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| value.into()))
        };
        let home = with(&[("HOME", "/home/ada")]).unwrap();
        assert_eq!(home, Path::new("/home/ada/.cache/raftlab"));
        let xdg = with(&[("HOME", "/home/ada"), ("XDG_CACHE_HOME", "/var/tmp")]).unwrap();
        assert_eq!(xdg, Path::new("/var/tmp/raftlab"));
        let relative = with(&[("HOME", "/home/ada"), ("XDG_CACHE_HOME", "here")]).unwrap();
        assert_eq!(relative, Path::new("/home/ada/.cache/raftlab"));
        assert!(with(&[]).is_err());
    }
}
