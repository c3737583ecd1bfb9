package io.tributary.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.kafka.KafkaClientMetrics;
import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.TopicPartition;

/**
 * Shows the figures of Kafka's clients, the lag of each partition among them, as meters. They are
 * read when somebody asks for them, and never by the client's own thread. Safe for several threads.
 */
public final class KafkaMeters {
  /** How soon a partition that has been assigned is found. */
  private static final Duration REFRESH = Duration.ofSeconds(2);

  private final MeterRegistry meters;

  public KafkaMeters(MeterRegistry meters) {
    this.meters = meters;
  }

  /** The meters of one client; its end takes them out of the registry. */
  @FunctionalInterface
  public interface Shown extends AutoCloseable {
    @Override
    void close();
  }

  public Shown show(Consumer<?, ?> consumer) {
    return show(refresher -> new KafkaClientMetrics(consumer, Tags.empty(), refresher, REFRESH));
  }

  public Shown show(Producer<?, ?> producer) {
    return show(refresher -> new KafkaClientMetrics(producer, Tags.empty(), refresher, REFRESH));
  }

  /** Shows partitions of which no offset is lost as yet. */
  public void expectLost(Collection<TopicPartition> partitions) {
    partitions.forEach(partition -> lost(partition, 0));
  }

  /** Counts offsets that have been deleted before they were read. */
  public void lost(TopicPartition partition, long offsets) {
    Counter.builder("tributary.lost.offsets")
        .description("Offsets that Kafka has deleted before they were read")
        .tag("topic", partition.topic())
        .tag("partition", String.valueOf(partition.partition()))
        .register(meters)
        .increment((double) offsets);
  }

  /** On a thread of its own: on a shared one it would go on after the client's end. */
  private Shown show(Function<ScheduledExecutorService, KafkaClientMetrics> made) {
    ScheduledExecutorService refresher =
        Executors.newSingleThreadScheduledExecutor(
            work -> {
              Thread thread = new Thread(work, "kafka-meters");
              thread.setDaemon(true);
              return thread;
            });
    KafkaClientMetrics client = made.apply(refresher);
    client.bindTo(meters);
    return () -> {
      refresher.shutdownNow();
      client.close();
    };
  }
}
