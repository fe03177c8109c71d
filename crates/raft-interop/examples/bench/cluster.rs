//! The cluster and the client, the same for both cores.

use crate::ours::Ours;
use crate::theirs::{Options, Theirs};
use cpu_time::ThreadTime;
use std::hint::black_box;
use std::time::Duration;

/// A server, as the cluster drives it. The first one leads.
pub(crate) trait Server: Sized {
    /// A message on its way.
    type Message;

    /// Takes a client's command. Only asked of the leader.
    fn propose(&mut self, command: &[u8]);

    /// Takes a message.
    fn receive(&mut self, message: Self::Message);

    /// Does all that the core wants done; what it sends goes to `send`, by receiver.
    fn carry_out(&mut self, send: impl FnMut(usize, Self::Message));

    /// Lets time pass until a leader shows that it is there.
    fn pass_time(&mut self);

    /// How many commands the state machine has applied.
    fn applied(&self) -> u64;
}

/// What a client asks for.
#[derive(Clone, Copy)]
struct Work {
    servers: usize,
    bytes: usize,
    /// How many proposals are under way at any time.
    under_way: u64,
}

/// How long the work took.
#[derive(Clone, Copy)]
struct Took {
    at_leader: Duration,
    everywhere: Duration,
}

const PROPOSALS: u64 = 50_000;
const RUNS: u32 = 9;

struct Cluster<S: Server> {
    servers: Vec<S>,
    mailboxes: Vec<Vec<S::Message>>,
}

impl<S: Server> Cluster<S> {
    /// Each server in turn takes what has come and does what it wants done. Says
    /// whether there was anything.
    fn turn(&mut self) -> bool {
        let mut is_busy = false;
        for place in 0..self.servers.len() {
            let mut mailbox = std::mem::take(&mut self.mailboxes[place]);
            is_busy |= !mailbox.is_empty();
            let server = &mut self.servers[place];
            mailbox.drain(..).for_each(|message| server.receive(message));
            let mailboxes = &mut self.mailboxes;
            server.carry_out(|to, message| mailboxes[to].push(message));
            // Nobody writes to itself, so its box is still empty: the allocation is kept.
            self.mailboxes[place] = mailbox;
        }
        is_busy
    }

    fn applied_everywhere(&self) -> u64 {
        self.servers.iter().map(S::applied).min().unwrap_or(0)
    }
}

fn run<S: Server>(servers: Vec<S>, work: Work) -> Took {
    let mailboxes = servers.iter().map(|_| Vec::new()).collect();
    let mut cluster = Cluster { servers, mailboxes };
    // The election, and the first entry of the term.
    while cluster.turn() {}
    let command = vec![7; work.bytes];
    let began = ThreadTime::now();
    let mut proposed = 0;
    while cluster.servers[0].applied() < PROPOSALS {
        while proposed < PROPOSALS && proposed - cluster.servers[0].applied() < work.under_way {
            cluster.servers[0].propose(black_box(&command));
            proposed += 1;
        }
        cluster.turn();
    }
    let at_leader = began.elapsed();
    while cluster.applied_everywhere() < PROPOSALS {
        if !cluster.turn() {
            cluster.servers[0].pass_time();
        }
    }
    Took { at_leader, everywhere: began.elapsed() }
}

/// Of each core and of each of several runs, the fastest.
fn fastest<const CORES: usize>(cores: [&dyn Fn() -> Took; CORES]) -> [Took; CORES] {
    let mut best = cores.map(|_| Took { at_leader: Duration::MAX, everywhere: Duration::MAX });
    for _ in 0..RUNS {
        for (best, core) in best.iter_mut().zip(cores) {
            let took = core();
            best.at_leader = best.at_leader.min(took.at_leader);
            best.everywhere = best.everywhere.min(took.everywhere);
        }
    }
    best
}

pub(crate) fn compare() {
    println!(
        "proposals committed a second, in thousands: applied at the leader / applied everywhere"
    );
    println!(
        "{:>7} {:>5} {:>9} | {:>13} | {:>13} {:>13} {:>13} | {:>11}",
        "servers", "bytes", "under way", "raft-core", "raft", "+ batch", "+ skip", "ratio"
    );
    let mut least: (f64, f64) = (f64::MAX, f64::MAX);
    for servers in [3, 5] {
        for bytes in [16, 256] {
            for under_way in [1, 64, 1_024] {
                let ratio = row(Work { servers, bytes, under_way });
                least = (least.0.min(ratio.0), least.1.min(ratio.1));
            }
        }
    }
    println!(
        "raft: tikv/raft-rs 0.7; + batch: with batch_append; + skip: with skip_bcast_commit too. \
         Ratio: to the fastest of the three; the smallest is {:.1}, everywhere {:.1}.",
        least.0, least.1
    );
}

fn row(work: Work) -> (f64, f64) {
    let Work { servers, bytes, under_way } = work;
    let theirs = |options| move || run(Theirs::cluster(servers, options), work);
    let [ours, plain, batch, skip] = fastest([
        &|| run(Ours::cluster(servers), work),
        &theirs(Options { batch_append: false, skip_bcast_commit: false }),
        &theirs(Options { batch_append: true, skip_bcast_commit: false }),
        &theirs(Options { batch_append: true, skip_bcast_commit: true }),
    ]);
    let rate = |took: Duration| PROPOSALS as f64 / took.as_secs_f64() / 1e3;
    let shown = |took: Took| format!("{:.0} / {:.0}", rate(took.at_leader), rate(took.everywhere));
    let others = [plain, batch, skip];
    let ratio = |of: fn(&Took) -> Duration| {
        let fastest = others.iter().map(of).min().unwrap_or_default();
        fastest.as_secs_f64() / of(&ours).as_secs_f64()
    };
    let (at_leader, everywhere) = (ratio(|took| took.at_leader), ratio(|took| took.everywhere));
    println!(
        "{servers:>7} {bytes:>5} {under_way:>9} | {:>13} | {:>13} {:>13} {:>13} | {:>11}",
        shown(ours),
        shown(plain),
        shown(batch),
        shown(skip),
        format!("{at_leader:.1} / {everywhere:.1}"),
    );
    (at_leader, everywhere)
}
