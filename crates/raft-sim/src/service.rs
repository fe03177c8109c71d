//! How clients are served: the way of an operation from the client's question to
//! its answer.

use crate::draw::{Purpose, draw};
use crate::history::{OperationId, Outcome, Request};
use crate::queue::{ClientAnswer, DoneAnswer, Due};
use crate::record::Happening;
use crate::scenario::Work;
use crate::state_machine::{Key, Put, Session, Value};
use crate::world::World;
use raft_core::{Answer, Input, Micros, NodeId, ReadMode, RequestId};

/// The client number of whoever sits in front of the page.
const PERSON: u32 = 0;

impl World {
    /// A client does something by itself: it begins an operation, or it has waited
    /// long enough and asks another node.
    pub(crate) fn client_acts(&mut self, place: usize) {
        let nodes = self.plan.scenario().nodes;
        let now = self.now;
        let Some(client) = self.clients.get_mut(place) else { return };
        let number = client.number;
        let plan = client.plan;
        let operation = match client.waiting_for {
            Some(operation) if !plan.tries_again => {
                return self.end(operation, Outcome::GaveUp, None);
            }
            Some(operation) => {
                client.try_next(nodes);
                operation
            }
            None => {
                let (work, key) = match plan.work {
                    Work::Listed => {
                        let Some(ask) = self.plan.scenario().ask(number, client.asked) else {
                            client.acts_at = None;
                            return;
                        };
                        client.asked += 1;
                        (ask.work, ask.key)
                    }
                    work => (work, plan.key),
                };
                let mut sequence = 0;
                let request = match work {
                    Work::Write | Work::Listed => {
                        client.writes += 1;
                        sequence = if plan.keeps_session { client.writes } else { 0 };
                        self.next_write(key)
                    }
                    Work::Read(mode) => {
                        Request::Read { key, mode: Some(self.reads.unwrap_or(mode)) }
                    }
                    Work::ReadStraight => Request::Read { key, mode: None },
                };
                let operation = self.begin(number, request);
                self.history.number(operation, sequence);
                self.clients[place].waiting_for = Some(operation);
                operation
            }
        };
        let client = &mut self.clients[place];
        client.acts_at = Some(now + plan.patience.max(Micros(1)));
        let target = client.target;
        self.ask(number, operation, target);
    }

    /// The person in front of the page writes, once.
    pub(crate) fn person_writes(&mut self, node: NodeId) {
        let request = self.next_write(Key(0));
        let operation = self.begin(PERSON, request);
        self.ask(PERSON, operation, node);
    }

    /// The person in front of the page reads, once.
    pub(crate) fn person_reads(&mut self, node: NodeId, mode: Option<ReadMode>) {
        let operation = self.begin(PERSON, Request::Read { key: Key(0), mode });
        self.ask(PERSON, operation, node);
    }

    fn next_write(&mut self, key: Key) -> Request {
        self.last_value = Value(self.last_value.0 + 1);
        Request::Write { key, value: self.last_value }
    }

    fn begin(&mut self, client: u32, request: Request) -> OperationId {
        let operation = self.history.begin(client, request, self.now);
        self.emit(Happening::OperationBegan { operation, client, request });
        operation
    }

    fn ask(&mut self, client: u32, operation: OperationId, node: NodeId) {
        self.history.asked(operation, node);
        self.emit(Happening::OperationAsked { operation, node });
        let at = self.now + self.client_latency(client);
        self.queue.plan(at, Due::QuestionArrives { operation, node });
    }

    fn client_latency(&mut self, client: u32) -> Micros {
        let count = &mut self.client_messages[client as usize];
        let nth = *count;
        *count += 1;
        let bits = draw(self.plan.seed(), Purpose::ClientLatency { client, nth });
        self.surroundings().client_latency.pick(bits)
    }

    pub(crate) fn question_arrives(&mut self, operation: OperationId, node: NodeId) {
        let Some(asked) = self.history.get(operation) else { return };
        let (client, request, sequence) = (asked.client, asked.request, asked.sequence);
        // Nobody waits for the answer any more; a write may take effect all the same.
        if asked.ended.is_some() && matches!(request, Request::Read { .. }) {
            return;
        }
        let name = RequestId(self.next_request);
        self.next_request += 1;
        let Some(host) = self.hosts.get_mut(usize::from(node.number())) else { return };
        // A node that is down gives no answer; the client's patience runs out.
        let Some(process) = &mut host.process else {
            if client == PERSON {
                self.end(operation, Outcome::Refused, None);
            }
            return;
        };
        if let Request::Read { key, mode: None } = request {
            let value = process.machine.read(key);
            let answer = ClientAnswer::Done(DoneAnswer(Outcome::Found { value, basis: None }));
            return self.send_answer(node, operation, answer);
        }
        process.requests.insert(name, operation);
        let input = match request {
            Request::Write { key, value } => {
                // A write that is sent again is the same write: its session tells, if it has one.
                let client = if sequence > 0 { client } else { PERSON };
                let put = Put { session: Session { client, sequence }, key, value };
                Input::Propose { request: name, command: put.encode() }
            }
            Request::Read { mode: Some(mode), .. } => Input::Read { request: name, mode },
            Request::Read { mode: None, .. } => return,
        };
        self.tell(node, input);
    }

    /// A node has an answer for a client.
    pub(crate) fn answer(&mut self, node: NodeId, operation: OperationId, answer: Answer) {
        let answer = match answer {
            Answer::ReadReady { basis, .. } => {
                let Some(Request::Read { key, .. }) =
                    self.history.get(operation).map(|operation| operation.request)
                else {
                    return;
                };
                let machine = self.host(node).and_then(|host| host.state_machine());
                let value = machine.map(|machine| machine.read(key)).unwrap_or_default();
                ClientAnswer::Done(DoneAnswer(Outcome::Found { value, basis: Some(basis) }))
            }
            Answer::NotLeader { leader } => ClientAnswer::AskAnother(leader),
            Answer::Refused(_) => ClientAnswer::AskAnother(None),
            Answer::Proposed { .. } => return,
        };
        self.send_answer(node, operation, answer);
    }

    /// A write that a node proposed is applied there, or another is in its place.
    pub(crate) fn answer_write(&mut self, node: NodeId, operation: OperationId, is_it: bool) {
        let answer = if is_it {
            ClientAnswer::Done(DoneAnswer(Outcome::Written))
        } else {
            ClientAnswer::AskAnother(None)
        };
        self.send_answer(node, operation, answer);
    }

    /// A node proposed a write and won't see what came of it: its log was replaced.
    pub(crate) fn answer_unknown(&mut self, node: NodeId, operation: OperationId) {
        self.send_answer(node, operation, ClientAnswer::Unknown);
    }

    fn send_answer(&mut self, by: NodeId, operation: OperationId, answer: ClientAnswer) {
        let Some(client) = self.history.get(operation).map(|operation| operation.client) else {
            return;
        };
        let at = self.now + self.client_latency(client);
        self.queue.plan(at, Due::AnswerArrives { operation, answer, by });
    }

    pub(crate) fn answer_arrives(
        &mut self,
        operation: OperationId,
        answer: ClientAnswer,
        by: NodeId,
    ) {
        let Some(asked) = self.history.get(operation) else { return };
        if asked.ended.is_some() {
            return;
        }
        let (client, last_asked) = (asked.client, asked.asked);
        match answer {
            ClientAnswer::Done(DoneAnswer(outcome)) => {
                self.end(operation, outcome, Some(by));
            }
            // An answer from a node that the client has given up on says nothing new.
            ClientAnswer::AskAnother(_) | ClientAnswer::Unknown if last_asked != Some(by) => {}
            // A client asks again, and its session tells whether the write was applied. One
            // that doesn't, as a person doesn't, won't know: it may have been, or may yet be.
            ClientAnswer::Unknown if !self.tries_again(client) => {
                self.end(operation, Outcome::GaveUp, Some(by));
            }
            ClientAnswer::Unknown => self.ask_another(client, operation, by, None),
            ClientAnswer::AskAnother(hint) => self.ask_another(client, operation, by, hint),
        }
    }

    fn ask_another(
        &mut self,
        client: u32,
        operation: OperationId,
        by: NodeId,
        hint: Option<NodeId>,
    ) {
        if client == PERSON {
            // A person asks one node, and is sent on to the leader that it knows.
            match hint {
                Some(leader) if leader != by => self.ask(PERSON, operation, leader),
                _ => self.end(operation, Outcome::Refused, Some(by)),
            }
            return;
        }
        let nodes = self.plan.scenario().nodes;
        let now = self.now;
        let Some(client) = self.clients.get_mut(client as usize - 1) else { return };
        if !client.plan.tries_again {
            // Next time it asks the leader that it has heard of.
            match hint {
                Some(leader) if client.plan.stuck_to.is_none() => client.target = leader,
                _ => client.try_next(nodes),
            }
            return self.end(operation, Outcome::Refused, Some(by));
        }
        if client.plan.stuck_to.is_some() {
            return;
        }
        match hint {
            Some(leader) if leader != by => {
                client.target = leader;
                client.acts_at = Some(now + client.plan.patience.max(Micros(1)));
                let number = client.number;
                self.ask(number, operation, leader);
            }
            // Nobody leads, as far as that node knows: no use asking at once.
            _ => client.try_next(nodes),
        }
    }

    /// Whether a client asks again where it is not answered; a person doesn't.
    fn tries_again(&self, client: u32) -> bool {
        let place = usize::try_from(client).ok().and_then(|number| number.checked_sub(1));
        place.and_then(|place| self.clients.get(place)).is_some_and(|it| it.plan.tries_again)
    }

    fn end(&mut self, operation: OperationId, outcome: Outcome, by: Option<NodeId>) {
        if !self.history.end(operation, self.now, outcome, by) {
            return;
        }
        self.emit(Happening::OperationEnded { operation, outcome, by });
        let (now, plan) = (self.now, self.plan.clone());
        if let Some(client) =
            self.clients.iter_mut().find(|client| client.waiting_for == Some(operation))
        {
            client.rest(now, plan.scenario().ask(client.number, client.asked));
        }
    }
}
