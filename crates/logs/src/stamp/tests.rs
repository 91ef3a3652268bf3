//! Each form with the time it tells, and what must not be taken for one.

use super::*;

/// 2026-11-22 09:00:01 UTC in nanoseconds.
const NINE: i64 = 1_795_338_001 * SECOND;
/// A log that was last written an hour later.
const WRITTEN: Option<i64> = Some(NINE + 3600 * SECOND);
const MILLISECOND: i64 = 1_000_000;

fn told(line: &str) -> Option<(i64, bool, &str)> {
    let (stamp, range) = stamp(line.as_bytes(), WRITTEN)?;
    Some((stamp.nanoseconds, stamp.zone, &line[range]))
}

fn check(line: &str, nanoseconds: i64, zone: bool, text: &str) {
    assert_eq!(told(line), Some((nanoseconds, zone, text)), "{line}");
}

/// Dates with the year in front, in the variants of RFC 3339 and of those who nearly follow it.
#[test]
fn years_in_front() {
    for text in [
        "2026-11-22T09:00:01Z",
        "2026-11-22t09:00:01z",
        "2026-11-22T09:00:01+00:00",
        "2026-11-22T10:00:01+0100",
        "2026-11-22T10:00:01+01",
        "2026-11-22 14:30:01 +05:30",
        "2026-11-22 09:00:01 UTC",
        "2026-11-22 04:00:01 -0500",
        "2026/11/22 09:00:01 GMT",
        "20261122T090001Z",
    ] {
        check(text, NINE, true, text);
        check(&format!("{text} [warn] 7#7: what failed"), NINE, true, text);
    }
    for text in [
        "2026-11-22 09:00:01",
        "2026/11/22 09:00:01",
        "2026.11.22 09:00:01",
        "2026-11-22T09:00:01",
        "2026-11-22_09:00:01",
        "2026-11-22 9:00:01",
        "20261122 09:00:01",
        "20261122-9:00:01",
        "261122  9:00:01",
        "2026-11-22 9:00:01 AM",
    ] {
        check(text, NINE, false, text);
        check(&format!("[{text}] what failed"), NINE, false, text);
    }
}

/// FortiGate names date and clock; NetScaler writes a colon between them.
#[test]
fn appliances() {
    check("date=2026-11-22 time=09:00:01 devid=x", NINE, false, "2026-11-22 time=09:00:01");
    check("local0 10.0.0.1 22/11/2026:09:00:01 GMT ns", NINE, true, "22/11/2026:09:00:01 GMT");
}

/// systemd puts the weekday in front of a date in numbers.
#[test]
fn systemd() {
    check("Sun 2026-11-22 09:00:01 UTC x", NINE, true, "Sun 2026-11-22 09:00:01 UTC");
}

/// A fraction is read with any number of digits behind a dot, and with three, six or nine behind a
/// comma; what is finer than a nanosecond is dropped.
#[test]
fn fractions() {
    check(
        "2026-11-22 09:00:01,123 ERROR x",
        NINE + 123 * MILLISECOND,
        false,
        "2026-11-22 09:00:01,123",
    );
    check(
        "2026-11-22 09:00:01.5 UTC [9] x",
        NINE + 500 * MILLISECOND,
        true,
        "2026-11-22 09:00:01.5 UTC",
    );
    check("2026-11-22T09:00:01.123456Z x", NINE + 123_456_000, true, "2026-11-22T09:00:01.123456Z");
    check(
        "2026-11-22T09:00:01.12345678999+00:00 x",
        NINE + 123_456_789,
        true,
        "2026-11-22T09:00:01.12345678999+00:00",
    );
    check("20261122-9:00:01:250|x", NINE + 250 * MILLISECOND, false, "20261122-9:00:01:250");
    check("2026-11-22 09:00:01,4625,Schannel", NINE, false, "2026-11-22 09:00:01");
}

/// Dates with the name of the month, of web servers, mail, databases, name servers and Java.
#[test]
fn months_by_name() {
    check("22/Nov/2026:09:00:01 +0000] x", NINE, true, "22/Nov/2026:09:00:01 +0000");
    check(
        "10.0.0.5:4711 [22/Nov/2026:09:00:01.123] fe/1: x",
        NINE + 123 * MILLISECOND,
        false,
        "22/Nov/2026:09:00:01.123",
    );
    check("127.0.0.1 - - [22/Nov/2026 09:00:01] x", NINE, false, "22/Nov/2026 09:00:01");
    check(
        "24759:M 22 Nov 2026 09:00:01.123 # x",
        NINE + 123 * MILLISECOND,
        false,
        "22 Nov 2026 09:00:01.123",
    );
    check(
        "22-Nov-2026::09:00:01.123 x",
        NINE + 123 * MILLISECOND,
        false,
        "22-Nov-2026::09:00:01.123",
    );
    check("22-NOV-2026 09:00:01 * x", NINE, false, "22-NOV-2026 09:00:01");
    check("Nov 22, 2026 9:00:01 AM org.x y", NINE, false, "Nov 22, 2026 9:00:01 AM");
    check("Nov 22, 2026, 9:00:01\u{202f}AM x", NINE, false, "Nov 22, 2026, 9:00:01\u{202f}AM");
    check(
        "Nov 22 2026 09:00:01.001 UTC: %x",
        NINE + MILLISECOND,
        true,
        "Nov 22 2026 09:00:01.001 UTC",
    );
    check("Sun, 22 Nov 2026 09:00:01 GMT x", NINE, true, "Sun, 22 Nov 2026 09:00:01 GMT");
    check(
        "[Sun Nov 22 09:00:01.123456 2026] [ssl:info]",
        NINE + 123_456_000,
        false,
        "Sun Nov 22 09:00:01.123456 2026",
    );
    check("Sun Nov 22 09:00:01 2026 10.0.0.5 x", NINE, false, "Sun Nov 22 09:00:01 2026");
    check("Sun Nov 22 09:00:01 CET 2026 x", NINE, false, "Sun Nov 22 09:00:01 CET 2026");
    check(
        "Sun Nov 22 09:00:01 2026 us=517430 x",
        NINE + 517_430_000,
        false,
        "Sun Nov 22 09:00:01 2026 us=517430",
    );
}

/// OpenVPN from 2.5 on has its microseconds behind another form of date.
#[test]
fn microseconds_of_openvpn() {
    check(
        "2026-11-22 09:00:01 us=517430 x",
        NINE + 517_430_000,
        false,
        "2026-11-22 09:00:01 us=517430",
    );
}

/// What has no year gets the latest that is not after the last write, a clock ahead of UTC
/// included; without a last write it tells nothing, unless another time follows that has a year.
#[test]
fn years_that_are_missing() {
    check("Nov 22 09:00:01 mx postfix/smtpd[7]: x", NINE, false, "Nov 22 09:00:01");
    check("<134>Nov 22 09:00:01 haproxy[7]: x", NINE, false, "Nov 22 09:00:01");
    check("*Nov 22 09:00:01.500: %x", NINE + 500 * MILLISECOND, false, "Nov 22 09:00:01.500");
    check(
        "I1122 09:00:01.123456   7 log.go:1] x",
        NINE + 123_456_000,
        false,
        "I1122 09:00:01.123456",
    );
    check("[7:8:1122/090001.5:ERROR:x.cc(9)] x", NINE + 500 * MILLISECOND, false, "1122/090001.5");
    let day = 86_400 * SECOND;
    check("Nov 22 20:00:01 mx x: y", NINE + 11 * 3600 * SECOND, false, "Nov 22 20:00:01");
    check("Nov 24 09:00:01 mx x: y", NINE + (2 - 365) * day, false, "Nov 24 09:00:01");
    // 2024 is the last year with this day.
    check("Feb 29 09:00:01 mx x: y", 1_709_197_201 * SECOND, false, "Feb 29 09:00:01");
    assert_eq!(stamp(b"Nov 22 09:00:01 mx postfix/smtpd[7]: x", None), None);
    let (first, range) =
        stamp(b"Nov 22 08:59:59 lb haproxy[7]: 10.0.0.5:1 [22/Nov/2026:09:00:01] fe: x", None)
            .unwrap();
    assert_eq!((first.nanoseconds, range), (NINE, 43..63));
    // glog from 0.7 on writes it.
    check("E20261122 09:00:01.000000 7 x.cc:1] x", NINE, false, "E20261122 09:00:01.000000");
}

/// Days and months by number alone: only where it is plain which is which.
#[test]
fn days_and_months_by_number() {
    check("11/22/2026 9:00:01 AM,Error,Schannel", NINE, false, "11/22/2026 9:00:01 AM");
    check("11/22/2026 9:00:01\u{202f}AM x", NINE, false, "11/22/2026 9:00:01\u{202f}AM");
    check("22/11/2026 09:00:01 x", NINE, false, "22/11/2026 09:00:01");
    check("22.11.2026 09:00:01;Fehler", NINE, false, "22.11.2026 09:00:01");
    assert_eq!(told("11/12/2026 09:00:01 either"), None);
    let half = NINE + (3 * 3600 - 1) * SECOND;
    check("11/22/2026 12:00:00 PM x", half, false, "11/22/2026 12:00:00 PM");
    check("11/22/2026 12:00:00 AM x", half - 43_200 * SECOND, false, "11/22/2026 12:00:00 AM");
    assert_eq!(told("11/22/2026 13:00:00 PM x"), None);
}

/// Counts since 1970 in front of a line, and nowhere else.
#[test]
fn counts() {
    check("1795338001: OpenSSL Error[0]: x", NINE, true, "1795338001");
    check("1795338001.123    60 10.0.0.5 x", NINE + 123 * MILLISECOND, true, "1795338001.123");
    check("[1795338001] unbound[7:0] error: x", NINE, true, "1795338001");
    check("1795338001123 x", NINE + 123 * MILLISECOND, true, "1795338001123");
    check("6b02db91.00000005 0x7f88 TLS: x", 1_795_349_393 * SECOND + 5, true, "6b02db91.00000005");
    check(
        "@400000006b02db9b1dcd6500 x",
        1_795_349_393_500_000_000,
        true,
        "@400000006b02db9b1dcd6500",
    );
    for line in [
        "1795338001:error:0A000418:SSL routines", // a thread
        "4567991916 x",
        "2795338001 x", // after the last write
        "call 1795338001 x",
        "140271130711808:error:14094410:SSL routines",
    ] {
        assert_eq!(told(line), None, "{line}");
    }
}

/// What a field of a structured log holds.
#[test]
fn fields() {
    let nine = Some(Stamp { nanoseconds: NINE, zone: true });
    for text in
        ["1795338001", "1795338001000", "1795338001000000", "1795338001000000000", "1795338001.0"]
    {
        assert_eq!(Stamp::of_field(text.as_bytes(), None), nine, "{text}");
    }
    assert_eq!(Stamp::of_field(b"2026-11-22T09:00:01Z", None), nine);
    assert_eq!(Stamp::of_field(b"17", None), None);
    assert_eq!(Stamp::of_field(b"at 2026-11-22T09:00:01Z", None), None);
}

/// Dates that are in no calendar, numbers that look like dates, and dates of something else.
#[test]
fn what_is_no_time() {
    for line in [
        "",
        "2026",
        "2026-11-22",
        "2026-11-22 09:00",
        "2026-13-22 09:00:01",
        "2026-02-29 09:00:01",
        "2026-11-22 99:99:99",
        "2026-11-22 24:00:01",
        "2026-11-22 09:60:01",
        "2026-11-22 09:00:61",
        "0000-11-22 09:00:01",
        "9999-11-22 09:00:01",
        "Nov 31 09:00:01 x",
        "Foo 22 09:00:01 x",
        "[15:47:31] TLS: alert",
        "10.8.2.205:48602 x",
        "/2026/11/22 09:00:01",
        "I1322 09:00:01.1",
        "x2026-11-22 09:00:01",
        "1122/0900 x",
        "Novel 22 09:00:01",
        "22 Nove 2026 09:00:01",
        "* expire date: Nov 22 09:00:01 2025 GMT",
        "notAfter=Nov 22 09:00:01 2025 GMT",
        "certificate is valid until 2025-11-22 09:00:01",
        "gmt_unix_time = Wed Jul 16 06:02:38 1986 (not accurate)",
        "error:0A000418:SSL routines::tlsv1 alert unknown ca",
    ] {
        assert_eq!(told(line), None, "{line}");
    }
    let far = format!("{}2026-11-22 09:00:01", " ".repeat(LOOK));
    assert_eq!(told(&far), None);
}

/// A leap second is the next one.
#[test]
fn leap_seconds() {
    check("2016-12-31T23:59:60Z", 1_483_228_800 * SECOND, true, "2016-12-31T23:59:60Z");
}

/// Any bytes are read without a panic, a range lies inside of its line, and every form cut anywhere
/// or with one byte changed tells a time or none.
#[test]
fn any_bytes() {
    let forms = [
        "2026-11-22T09:00:01.123456789+01:00 x",
        "Nov 22, 2026, 9:00:01\u{202f}AM",
        "6b02db91.00000005 x",
        "[7:8:1122/090001.5:ERROR]",
        "Sun Nov 22 09:00:01 CET 2026 us=517430",
        "I1122 09:00:01.1",
        "1795338001.123 x",
        "22-Nov-2026::09:00:01.123",
        "261122  9:00:01",
    ];
    for form in forms {
        for cut in 0..form.len() {
            for byte in [0, b'0', b'9', b':', b' ', b'Z', b'-', 0x80, 0xff] {
                let mut line = form.as_bytes().to_vec();
                line[cut] = byte;
                for line in [&line[..], &form.as_bytes()[..cut], &form.as_bytes()[cut..]] {
                    if let Some((_, range)) = stamp(line, WRITTEN) {
                        assert!(line.get(range).is_some_and(|text| !text.is_empty()));
                    }
                }
            }
        }
    }
    assert!(stamp(b"Nov 22 09:00:01 x", Some(i64::MAX)).is_some());
    assert_eq!(stamp(b"Nov 22 09:00:01 x", Some(i64::MIN)), None);
}
