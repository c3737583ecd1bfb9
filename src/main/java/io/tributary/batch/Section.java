package io.tributary.batch;

/**
 * One of the arrays of a batch.
 *
 * @param name the array's name, as {@code customers}
 * @param countField the name of its count in the metadata, as {@code customerCount}
 */
public record Section(String name, String countField) {}
