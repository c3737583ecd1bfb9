package io.tributary.batch;

/**
 * Where a message stood in Kafka.
 *
 * @param timestamp milliseconds since the epoch, as the broker or the producer set it
 */
public record MessageSource(String topic, int partition, long offset, long timestamp) {}
