package io.tributary.poll;

import org.apache.kafka.common.Uuid;

/**
 * How far a partition has been read.
 *
 * @param topicId the topic's id, which a topic of the same name that is made anew does not have;
 *     zero when the brokers give none
 * @param next offset of the next record to read
 */
public record Position(Uuid topicId, long next) {}
