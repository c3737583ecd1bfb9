package io.tributary.event;

/**
 * A record that cannot be used.
 *
 * @param source the record, whose value is kept byte for byte
 * @param reason why
 * @param detail where in the value, never a part of it; empty when there is nothing to add
 */
public record DeadLetter(SourceRecord source, Reason reason, String detail) implements Decoded {}
