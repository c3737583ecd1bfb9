package io.tributary.event;

/**
 * A 128-bit hash of a JSON value: equal values have equal hashes, whatever the order of keys, the
 * white space or the escapes; {@code 1} and {@code 1.0} differ.
 */
public record Hash128(long high, long low) {}
