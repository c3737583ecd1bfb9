package io.tributary.delivery;

import io.tributary.batch.Batch.SectionCount;
import java.time.Instant;
import java.util.List;

/**
 * What became of a batch that needs no more attempts. Immutable.
 *
 * @param eventId its identity towards the API
 * @param taken whether the API has taken it; otherwise it is a dead letter
 * @param counts records by section
 * @param messages messages merged into it
 * @param settledAt when that was known
 * @param seconds time since it was completed, with all attempts and the wait for older batches; a
 *     completion is known to the second only
 */
public record SettledBatch(
    String eventId,
    boolean taken,
    List<SectionCount> counts,
    int messages,
    Instant settledAt,
    long seconds) {}
