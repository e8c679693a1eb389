//! What bounds a rental: how long ago it began, and how much rent comes to (DOMAIN §4.4).

tables! {
/// A rental that was reported late began at most thirty days ago.
a_rental_began_lately "
    user     alice 2 CNY                   | ok
    merchant shop CNY                      | ok
    at       2026-03-01T00:00:00Z          |
    rent     k1 o1 shop alice 9.00 day:1.00 from=2026-01-29T23:59:59.999Z | BadSchedule
    rent     k1 o1 shop alice 9.00 day:1.00 from=2026-01-30T00:00:00Z | ok
    assess   k1 full                       | ok
    secure   k1                            | ok
    start    k1 on=2026-01-29T23:59:59.999Z | BadSchedule
    start    k1 on=2026-01-30T00:00:00Z    | ok
"

/// The rent agreed on and the late rent of a day are what one payment may be; rent stops there, and
/// a return is never refused for it.
rent_has_a_ceiling "
    user     alice 2 CNY                   | ok
    merchant shop CNY                      | ok
    rent     k1 o1 shop alice 9.00 day:100000000.00 until=+2d late_ppm=0 | BadSchedule
    rent     k1 o1 shop alice 9.00 hour:5000000.00 until=+21h | BadSchedule
    rent     k1 o1 shop alice 9.00 day:100000000.00 late_ppm=1000001 | BadSchedule
    rent     k1 o1 shop alice 9.00 day:2.00 late_ppm=4294967295 | ok
    rent     k2 o2 shop alice 9.00 day:100000000.00 late_ppm=1000000 | ok
    rent     k3 o3 shop alice 9.00 fixed:1.00 late=60000000.00 | ok
    rent     k4 o4 shop alice 9.00 hour:5000000.00 until=+20h | ok
    rent     k5 o5 shop alice 9.00 fixed:0.00 late=60000000.00 plan=+1h@50000000.00 | ok
    assess   k2 full                       | ok
    assess   k3 full                       | ok
    assess   k4 full                       | ok
    assess   k5 full                       | ok
    secure   k2                            | ok
    secure   k3                            | ok
    secure   k4                            | ok
    secure   k5                            | ok
    extend   k2 +2d                        | BadSchedule
    extend   k2 +1d                        | ok
    start    k2                            | ok
    start    k3                            | ok
    start    k4                            | ok
    start    k5                            | ok
    pass     +3d                           |
    return   k2                            | ok
    charge   k2 0 RENT 100000000.00
    rental   k2 RETURNED owed=100000000.00
    return   k3                            | ok
    charge   k3 1 LATE_RENT 99999999.00
    rental   k3 RETURNED owed=100000000.00
    return   k4                            | ok
    rental   k4 RETURNED owed=100000000.00
    return   k5                            | ok
    charge   k5 1 LATE_RENT 50000000.00
"
}
