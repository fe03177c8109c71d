//! `cargo xtask serve`: the page, rebuilt and reloaded whenever a file changes.

use crate::{cli, process, setup, workspace};
use anyhow::{Context, Result, bail};
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

const HELP: &str = "\
Serves the page, and builds it anew whenever a source file changes. Usage: cargo xtask serve [flags]

  --open         open the page in the default browser
  --port N       at http://127.0.0.1:N instead of 8080
  --release      optimised: slower to build, faster to watch
  -h, --help     this text

On a fresh machine it first sets up what it needs. Ctrl-C ends it.";

/// The `serve` command.
pub(crate) fn command(words: Vec<String>) -> Result<()> {
    let flags = [cli::switch("--open"), cli::option("--port"), cli::switch("--release")];
    let Some(given) = cli::read(words, &flags, HELP)? else {
        return Ok(());
    };
    let port = match given.value("--port") {
        None => 8080,
        Some(text) => port(text)?,
    };
    must_be_free(port)?;
    let release = given.has("--release");
    let toolbox = setup::prepare(if release { setup::BUILD } else { setup::SERVE })?;
    let trunk = toolbox.trunk.clone().context("the set-up found no trunk")?;
    let mut serving = toolbox.wasm_command(trunk);
    serving.arg("serve").current_dir(workspace::root());
    serving.args(["--address", "127.0.0.1", "--port", &port.to_string()]);
    // Beside dist/, so that a page that was built to be copied stays as it is.
    serving.arg("--dist").arg(workspace::scratch()?.join("served"));
    if release {
        serving.arg("--release");
    }
    crate::build::tell_trunk(&mut serving)?;
    process::say("Building the page; the first time takes a minute or two.");
    serve(serving, port, given.has("--open"))
}

fn port(text: &str) -> Result<u16> {
    match text.parse() {
        Ok(port) if port > 0 => Ok(port),
        _ => {
            let error = format!("`--port {text}`: a port is a number from 1 to 65535");
            Err(cli::Misuse(error).into())
        }
    }
}

fn must_be_free(port: u16) -> Result<()> {
    match TcpListener::bind((Ipv4Addr::LOCALHOST, port)) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => bail!(
            "port {port} is in use, perhaps by another `cargo xtask serve`. \
             End that one, or choose another: cargo xtask serve --port {}",
            if port < u16::MAX { port + 1 } else { 8080 }
        ),
        Err(error) => bail!("port {port} of 127.0.0.1 can't be listened at: {error}"),
    }
}

fn serve(mut command: Command, port: u16, open: bool) -> Result<()> {
    let ended_by_person = Arc::new(AtomicBool::new(false));
    let ended = Arc::clone(&ended_by_person);
    ctrlc::set_handler(move || ended.store(true, Ordering::SeqCst))
        .context("cannot listen for Ctrl-C")?;
    // A group of its own: trunk starts cargo, and all of them are to end with us,
    // whoever tells us to end.
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    let mut child = command
        .stdin(Stdio::null())
        .spawn()
        .with_context(|| format!("cannot start `{}`", process::words(&command)))?;
    let address = format!("http://127.0.0.1:{port}/");
    let mut answering = false;
    let mut asked = Instant::now();
    loop {
        if ended_by_person.load(Ordering::SeqCst) {
            stop(&mut child);
            process::say("Stopped.");
            return Ok(());
        }
        if let Some(status) = child.try_wait()? {
            bail!("trunk ended by itself ({status}); what it said above tells why");
        }
        if !answering && asked.elapsed() > Duration::from_millis(300) {
            asked = Instant::now();
            answering = answers(port);
            if answering {
                process::say(&format!("\n  Raftlab is at {address}   (Ctrl-C ends it)\n"));
                if open {
                    open_in_browser(&address);
                }
            }
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Asks politely, then does not ask.
fn stop(child: &mut Child) {
    #[cfg(unix)]
    {
        let group = format!("-{}", child.id());
        let signal = |name: &str| {
            let mut kill = Command::new("kill");
            let _ = kill.args([name, "--", &group]).stderr(Stdio::null()).status();
        };
        signal("-TERM");
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(3) {
            if matches!(child.try_wait(), Ok(Some(_))) {
                break;
            }
            std::thread::sleep(Duration::from_millis(30));
        }
        signal("-KILL");
    }
    let _ = child.kill();
    let _ = child.wait();
}

/// Whether the page itself is there, not only somebody at the port.
fn answers(port: u16) -> bool {
    let ask = || -> std::io::Result<bool> {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
        stream.set_read_timeout(Some(Duration::from_secs(2)))?;
        write!(stream, "GET / HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n")?;
        let mut head = [0_u8; 12];
        stream.read_exact(&mut head)?;
        Ok(head.ends_with(b" 200"))
    };
    ask().unwrap_or(false)
}

fn open_in_browser(address: &str) {
    let mut command = if cfg!(target_os = "macos") {
        Command::new("open")
    } else if cfg!(windows) {
        let mut command = Command::new("cmd");
        command.args(["/C", "start", ""]);
        command
    } else {
        Command::new("xdg-open")
    };
    command.arg(address).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    if command.spawn().is_err() {
        process::say(&format!("No browser could be opened from here: open {address} yourself."));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_in_use_is_named() {
        let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = taken.local_addr().unwrap().port();
        let error = must_be_free(port).unwrap_err().to_string();
        assert!(error.contains(&port.to_string()) && error.contains("--port"), "{error}");
    }

    #[test]
    fn a_port_is_a_number() {
        assert_eq!(port("8081").unwrap(), 8081);
        for wrong in ["0", "eighty", "65536", "-1", ""] {
            assert!(port(wrong).unwrap_err().is::<cli::Misuse>(), "{wrong}");
        }
    }

    /// trunk does not start where a path that it is to watch, or to ignore, is not
    /// there: none may be one that only a build makes.
    #[test]
    fn what_trunk_watches_is_there_in_a_fresh_clone() {
        let text = std::fs::read_to_string(workspace::root().join("Trunk.toml")).unwrap();
        let section = text.split("[watch]").nth(1).unwrap().split("\n[").next().unwrap();
        let named: Vec<&str> = section
            .lines()
            .filter(|line| !line.starts_with('#'))
            .flat_map(|line| line.split('"').skip(1).step_by(2))
            .collect();
        assert!(named.len() > 3, "{named:?}");
        for path in named {
            let mut git = Command::new("git");
            git.args(["ls-files", "--", path]).current_dir(workspace::root());
            let tracked = process::output_of(&mut git, Duration::from_secs(20)).unwrap();
            assert!(!tracked.trim().is_empty(), "{path} is not in the repository");
        }
    }

    #[test]
    fn somebody_else_at_the_port_is_not_the_page() {
        let silent = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = silent.local_addr().unwrap().port();
        std::thread::spawn(move || {
            let (mut stream, _) = silent.accept().unwrap();
            let _ = stream.write_all(b"HTTP/1.0 404 Not Found\r\n\r\n");
        });
        assert!(!answers(port));
    }
}
