package io.tributary.event;

/**
 * A 128-bit print of a JSON value: equal values have equal prints, whatever the order of keys, the
 * white space or the escapes; {@code 1} and {@code 1.0} differ.
 */
public record Fingerprint(long high, long low) {}
