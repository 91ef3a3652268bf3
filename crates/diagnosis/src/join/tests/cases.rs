//! What witnesses say in the cases that have a name.

use super::*;

/// Two clients that fail with the same alert in the same second are both named and neither is
/// chosen; the others are found.
#[test]
fn two_in_one_second_are_ambiguous() {
    let mut random = Random(1);
    let times = [0, 40, 95, 170, 171, 260];
    let clients = [101, 102, 103, 104, 105, 106];
    let facts: Vec<Fact> = times
        .iter()
        .zip(clients)
        .map(|(time, client)| {
            Fact::new(START + time * SECOND - client as i64, 46, Side::Client, client)
        })
        .collect();
    let mut facts = facts;
    facts[4].time = facts[3].time + 700_000_000;
    for offset in [0, 7 * SECOND, -3600 * SECOND] {
        let events = Events { offset, ..EXACT }.log(&facts, &mut random);
        let joined = join(&[&events, &capture(&facts, &mut random)]);
        let score = score(&joined, 0, &facts);
        assert_eq!((score.certain, score.ambiguous), (4, 2), "{score:?} {:?}", joined.clocks);
        let Some(Answer::Ambiguous(parties)) = joined.answer(0, 3) else { panic!("is ambiguous") };
        assert!(is_party(&parties[0], &facts[3]) && is_party(&parties[1], &facts[4]));
        assert_eq!(joined.clocks[0].addresses, [Host::Ip(address(HOST))]);
    }
}

fn only(fact: &Fact) -> Vec<Fact> {
    vec![fact.clone()]
}

/// One event alone is joined by the time, and said to be, where one alert fits within some seconds;
/// not where two do, and not where it is farther.
#[test]
fn one_event_alone_is_joined_by_time() {
    let mut random = Random(2);
    let fact = Fact::new(START, 48, Side::Client, 101);
    let shows = |offset: i64, shown: &[Fact], random: &mut Random| {
        let events = Events { offset, ..EXACT }.log(&only(&fact), random);
        let joined = join(&[&events, &capture(shown, random)]);
        joined.answer(0, 0).cloned().unwrap()
    };
    let Answer::Found(found) = shows(2 * SECOND, &only(&fact), &mut random) else {
        panic!("is found")
    };
    assert_eq!((found.means, found.confidence), (Means::TimeAlone, Confidence::Likely));
    assert!(is_party(&found.party, &fact) && found.place == Some(0));
    let far = shows(40 * SECOND, &only(&fact), &mut random);
    assert!(matches!(far, Answer::Missing(Missing::NoClock)), "{far:?}");
    let other = Fact { client: 102, time: START + 3 * SECOND, ..fact.clone() };
    let two = shows(0, &[fact.clone(), other], &mut random);
    assert!(matches!(two, Answer::Missing(Missing::NoClock)), "{two:?}");
    let sent = Fact { by: Side::Server, ..fact.clone() };
    let turned = shows(0, &only(&sent), &mut random);
    // Seen from the client it was received: the host may be there as well as here.
    assert!(matches!(&turned, Answer::Found(found) if found.means == Means::TimeAlone));
    let code = Fact { alert: Alert(46), ..fact.clone() };
    assert!(matches!(shows(0, &only(&code), &mut random), Answer::Missing(_)));
}

/// One event beside a capture in which several parties fail alike all the time is near one of them by
/// chance, whichever machine it is of: nothing is told.
#[test]
fn one_event_beside_many_failures_is_not_joined() {
    let mut random = Random(13);
    let fact = |n: i64| Fact::new(START + n * 20 * SECOND, 48, Side::Client, 101 + (n % 3) as u8);
    let many: Vec<Fact> = (0..8).map(fact).collect();
    let events = EXACT.log(&many[3..4], &mut random);
    let joined = join(&[&events, &capture(&many, &mut random)]);
    assert!(matches!(joined.answer(0, 0), Some(Answer::Missing(Missing::NoClock))));
    let few = join(&[&events, &capture(&many[2..5], &mut random)]);
    let Some(Answer::Found(found)) = few.answer(0, 0) else { panic!("is found") };
    assert!(is_party(&found.party, &many[3]) && found.means == Means::TimeAlone);
}

/// A log that is given again, as its export is, with a time in milliseconds, says nothing new: each
/// event is found as without it, by the same connection, and said to be told twice.
#[test]
fn a_log_and_its_export_are_one() {
    let mut random = Random(11);
    let facts = properties::facts(&mut random, 40, 5 * SECOND, 60 * SECOND);
    let events = EXACT.log(&facts, &mut Random(12));
    let export = Events { step: 1_000_000, ..EXACT }.log(&facts, &mut Random(12));
    let capture = capture(&facts, &mut random);
    let alone = join(&[&events, &capture]);
    let both = join(&[&events, &export, &capture]);
    assert!(alone.repeats.is_empty());
    assert_eq!(both.repeats, [Repeat { input: 1, of: 0, count: 40 }]);
    assert_eq!(both.clocks[0].told, 40);
    let place = |joined: &Joined, input: usize, number: usize| match joined.answer(input, number) {
        Some(Answer::Found(found)) => (found.confidence, found.place),
        answer => panic!("{answer:?}"),
    };
    for number in 0..facts.len() {
        let wanted = place(&alone, 0, number);
        assert_eq!((place(&both, 0, number), place(&both, 1, number)), (wanted, wanted));
    }
}

/// Another day is another day, and a local time without its zone is found by whole hours.
#[test]
fn days_are_not_joined_and_zones_are() {
    let mut random = Random(3);
    let facts = properties::facts(&mut random, 12, 5 * SECOND, 60 * SECOND);
    let joined = |offset: i64, zone: bool, random: &mut Random| {
        let events = Events { offset, zone, step: SECOND, ..EXACT }.log(&facts, random);
        join(&[&events, &capture(&facts, random)])
    };
    let far = joined(3 * 86_400 * SECOND, true, &mut random);
    assert!(far.clocks[0].offset.is_none());
    assert!(matches!(far.answer(0, 0), Some(Answer::Missing(Missing::OtherTime))));
    let india = joined(-19_800 * SECOND, false, &mut random);
    let offset = india.clocks[0].offset.unwrap().nanoseconds;
    assert!((offset + 19_800 * SECOND).abs() < SECOND, "{offset}");
    assert_eq!(score(&india, 0, &facts).certain, facts.len());
}

/// What was not captured is said not to be seen; what happened later, to be of another time.
#[test]
fn what_is_missing_has_a_reason() {
    let mut random = Random(4);
    let facts = properties::facts(&mut random, 40, 5 * SECOND, 60 * SECOND);
    let events = EXACT.log(&facts, &mut random);
    let mut shown = facts[..30].to_vec();
    shown.remove(7);
    let joined = join(&[&events, &capture(&shown, &mut random)]);
    assert!(matches!(joined.answer(0, 7), Some(Answer::Missing(Missing::NotSeen))));
    assert!(matches!(joined.answer(0, 35), Some(Answer::Missing(Missing::OtherTime))));
    let clock = &joined.clocks[0];
    assert_eq!((clock.told, clock.found), (40, 29));
    let company = joined.company(0, facts[7].alert.0.into()).unwrap();
    assert!(company.missing.contains(&(Missing::NotSeen, 1)));
}

/// An encrypted alert at the moment is likely; a connection torn down where an alert was generated
/// shows that it was not sent.
#[test]
fn what_is_hidden_is_likely() {
    let mut random = Random(5);
    let facts = properties::facts(&mut random, 40, 5 * SECOND, 60 * SECOND);
    let events = EXACT.log(&facts, &mut random);
    let mut capture = Testimony::new(Witness::Capture);
    for (place, fact) in facts.iter().enumerate() {
        let ending = match place {
            5 => Ending::Sealed(fact.by),
            _ if place == 6 || fact.alert == Alert(70) => Ending::Cut(fact.by),
            _ => Ending::Alert(fact.alert, Sender::Side(fact.by)),
        };
        shown(&mut capture, fact, ending, place, 40_000 + place as u16);
    }
    let joined = join(&[&events, &capture]);
    let Some(Answer::Found(sealed)) = joined.answer(0, 5) else { panic!("is found") };
    assert_eq!((sealed.sight, sealed.confidence), (Sight::Sealed, Confidence::Likely));
    let cut = |(place, fact): &(usize, &Fact)| fact.alert == Alert(70) && *place != 5;
    for (place, fact) in facts.iter().enumerate().filter(cut) {
        // What the host is said to have received was sent.
        match joined.answer(0, place).unwrap() {
            Answer::Found(found) => {
                assert_eq!((found.sight, found.confidence), (Sight::Unsent, Confidence::Likely));
                assert!(fact.server == HOST && is_party(&found.party, fact));
            }
            answer => assert!(fact.server != HOST, "{answer:?}"),
        }
    }
}

/// Failures with a period, by two clients in turn: with the clock off by the period nobody can know,
/// and nothing is said to be certain; by one client the party is found all the same.
#[test]
fn a_period_leaves_the_clock_open() {
    let mut random = Random(6);
    let turn = |clients: u8| -> Vec<Fact> {
        let fact = |at: u8| {
            Fact::new(START + i64::from(at) * 18 * SECOND, 46, Side::Client, 101 + at % clients)
        };
        (0..60).map(fact).collect()
    };
    for (clients, offset) in [(1, 0), (1, 18), (2, 18), (2, 0), (2, 7)] {
        let facts = turn(clients);
        let told = &facts[20..40];
        let events = Events { offset: offset * SECOND, step: SECOND, ..EXACT };
        let events = events.log(told, &mut random);
        let joined = join(&[&events, &capture(&facts, &mut random)]);
        let score = score(&joined, 0, told);
        assert!(joined.clocks[0].rivals > 0);
        match clients {
            1 => assert_eq!(score.certain, told.len(), "{score:?}"),
            _ => assert_eq!(score.ambiguous, told.len(), "{score:?}"),
        }
    }
}

/// Failures that never pause fit any difference of the clocks: the party is known all the same where
/// it is the only one, and nothing is said where there are two.
#[test]
fn what_never_pauses_has_one_party() {
    let mut random = Random(13);
    for clients in [1, 2] {
        let fact = |at: u8| {
            let time = START + i64::from(at) * SECOND / 2;
            Fact::new(time, 46, Side::Client, 101 + at % clients)
        };
        let facts: Vec<Fact> = (0..200).map(fact).collect();
        let events = Events { step: SECOND, ..EXACT }.log(&facts, &mut random);
        let joined = join(&[&events, &capture(&facts, &mut random)]);
        let score = score(&joined, 0, &facts);
        match clients {
            1 => assert_eq!(score.likely, facts.len(), "{score:?} {:?}", joined.clocks),
            _ => assert_eq!(score.certain + score.likely, 0, "{score:?}"),
        }
    }
}

/// A machine with two addresses is found at both, and not at that of its neighbour.
#[test]
fn a_machine_has_several_addresses() {
    let mut random = Random(7);
    let mut facts = properties::facts(&mut random, 80, 5 * SECOND, 60 * SECOND);
    facts.retain(|fact| fact.server == HOST);
    let told = EXACT.log(&facts, &mut random);
    for fact in facts.iter_mut().step_by(4) {
        fact.server = 21;
    }
    let mut shown = facts.clone();
    shown.extend(properties::noise(&mut random, &facts, 100));
    let joined = join(&[&told, &capture(&shown, &mut random)]);
    let addresses = &joined.clocks[0].addresses;
    assert_eq!(addresses[..], [Host::Ip(address(HOST)), Host::Ip(address(21))]);
    let score = score(&joined, 0, &facts);
    assert_eq!(score.certain, facts.len(), "{score:?}");
}

/// Several machines behind one capture: each log finds its own.
#[test]
fn each_log_finds_its_machine() {
    let mut random = Random(8);
    let mut facts = properties::facts(&mut random, 120, 3 * SECOND, 40 * SECOND);
    facts.retain(|fact| fact.server == HOST);
    let (one, mut two): (Vec<_>, Vec<_>) =
        facts.iter().cloned().partition(|fact| fact.client % 2 == 0);
    let first = EXACT.log(&one, &mut random);
    let mut second = Events { offset: -90 * SECOND, ..EXACT }.log(&two, &mut random);
    second.clocks.0[0].machine = name("exch02");
    for fact in &mut two {
        fact.server = 22;
    }
    let mut all = one.clone();
    all.extend(two.clone());
    let joined = join(&[&first, &capture(&all, &mut random), &second]);
    assert_eq!(joined.clocks[0].addresses, [Host::Ip(address(HOST))]);
    assert_eq!(joined.clocks[1].addresses, [Host::Ip(address(22))]);
    assert_eq!(score(&joined, 0, &one).certain, one.len());
    assert_eq!(score(&joined, 2, &two).certain, two.len());
}

/// A log that names address and port needs no clock.
#[test]
fn a_socket_needs_no_clock() {
    let mut random = Random(9);
    let facts = properties::facts(&mut random, 3, 5 * SECOND, 60 * SECOND);
    let capture = capture(&facts, &mut random);
    let mut log = Events { roles: true, ..EXACT }.log(&facts, &mut random);
    log.witness = Witness::Log;
    let peer = |fact: &Fact, port: u16| Party {
        client: Some(Host::Ip(address(fact.client))),
        port: Some(port),
        ..Party::default()
    };
    for (account, fact) in log.accounts.iter_mut().zip(&facts) {
        let shown = capture.accounts.iter().find(|it| it.time == Some(fact.time)).unwrap();
        account.party = log.parties.place(peer(fact, 0), |_| {}).unwrap();
        account.client_port = shown.client_port;
        account.role = Some(Side::Server);
        account.ending = Ending::Other;
    }
    let joined = join(&[&log, &capture]);
    for (number, fact) in facts.iter().enumerate().filter(|(_, fact)| fact.server == HOST) {
        let Some(Answer::Found(found)) = joined.answer(0, number) else { panic!("is found") };
        assert_eq!((found.means, found.confidence), (Means::Address, Confidence::Certain));
        assert!(is_party(&found.party, fact));
    }
}

/// A program's log on the other end tells the same, the other way round.
#[test]
fn a_log_of_the_other_end_is_found() {
    let mut random = Random(10);
    let mut facts = properties::facts(&mut random, 30, 5 * SECOND, 60 * SECOND);
    facts.retain(|fact| fact.server == HOST);
    let events = EXACT.log(&facts, &mut random);
    let mut log = Events { offset: 3600 * SECOND, zone: false, ..EXACT }.log(&facts, &mut random);
    log.witness = Witness::Log;
    log.clocks.0[0].machine = name("client7");
    for (account, fact) in log.accounts.iter_mut().zip(&facts) {
        let party = Party {
            server: Some(Host::Ip(address(HOST))),
            port: Some(443),
            name: name(fact.name),
            ..Party::default()
        };
        account.party = log.parties.place(party, |_| {}).unwrap();
        account.role = Some(Side::Client);
        let sender = if fact.by == Side::Client { Sender::Me } else { Sender::Other };
        account.ending = Ending::Alert(fact.alert, sender);
    }
    let joined = join(&[&events, &log]);
    for number in 0..facts.len() {
        let Some(Answer::Found(found)) = joined.answer(0, number) else { panic!("is found") };
        assert_eq!(found.place, Some(number as u64));
        assert_eq!(found.party.name, name("mail.example"));
    }
}

/// The logs of the same machine name the process and its peer, and choose among two parties.
#[test]
fn neighbours_name_the_process() {
    let mut random = Random(11);
    let mut facts: Vec<Fact> = (0..6)
        .map(|at| Fact::new(START + at * at * 31 * SECOND, 46, Side::Client, 101 + at as u8))
        .collect();
    facts[3].time = facts[2].time + 400_000_000;
    let mut events = EXACT.log(&facts, &mut random);
    for (at, fact) in facts.iter().enumerate() {
        let process = if at == 3 { 77 } else { 500 + at as u32 };
        events.accounts[at].process = Some(process);
        let connection = windows::Connection {
            place: windows::Place::default(),
            record: Some(900 + at as u64),
            time: Some(fact.time - 200_000_000),
            computer: Some("EXCH01.example".into()),
            process: logs::Process { id: Some(process), image: Some(r"C:\x\w3wp.exe".into()) },
            inbound: Some(true),
            local: (address(HOST), 443),
            peer: (address(fact.client), 40_000),
            peer_name: None,
        };
        events.connection(&connection);
    }
    let joined = join(&[&events, &capture(&facts, &mut random)]);
    let score = score(&joined, 0, &facts);
    assert_eq!((score.certain, score.likely), (4, 2), "{score:?}");
    let nearby = joined.nearby(0, 3).unwrap();
    assert_eq!(nearby.program.as_deref(), Some("w3wp.exe"));
    let contact = Contact { address: address(104), port: Some(40_000), record: Some(903) };
    assert_eq!(nearby.contact, Some(contact));
}

/// Clocks may be years and centuries apart, and stand at the ends of time.
#[test]
fn the_ends_of_time_are_no_trouble() {
    let mut random = Random(12);
    let mut facts = properties::facts(&mut random, 6, 5 * SECOND, 60 * SECOND);
    let mut capture = capture(&facts, &mut random);
    for (account, time) in capture.accounts.iter_mut().zip([i64::MIN, i64::MAX, 5]) {
        account.time = Some(time);
    }
    for (fact, time) in facts.iter_mut().zip([i64::MIN, i64::MAX, 0, -1, 1, START]) {
        fact.time = time;
    }
    let mut events = Events { jitter: 0, step: 1, ..EXACT }.log(&facts, &mut random);
    for log in [&mut events, &mut capture] {
        log.covers(i64::MIN, i64::MAX);
    }
    assert_eq!(join(&[&events, &capture]).clocks[0].told, 6);
    events.witness = Witness::Log;
    assert!(!join(&[&events, &capture, &events]).is_empty());
}
