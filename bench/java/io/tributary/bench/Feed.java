package io.tributary.bench;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Sends messages to both topics, one after the other. One thread only. */
final class Feed implements AutoCloseable {
  private final Topics topics;
  private final SampleEvents customers;
  private final SampleEvents products;
  private final Consumer<RecordMetadata> appended;
  private final KafkaProducer<byte[], byte[]> producer;
  private final AtomicReference<Exception> failure = new AtomicReference<>();
  private int sent;

  /**
   * @param linger how long a message may wait for others
   * @param appended gets what the broker says of each, on another thread
   */
  Feed(String brokers, Topics topics, Duration linger, Consumer<RecordMetadata> appended) {
    this.topics = topics;
    this.customers = topics.customerEvents();
    this.products = topics.productEvents();
    this.appended = appended;
    Map<String, Object> settings =
        Map.of(
            ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
            brokers,
            ProducerConfig.ACKS_CONFIG,
            "1",
            ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG,
            false,
            ProducerConfig.LINGER_MS_CONFIG,
            linger.toMillis(),
            ProducerConfig.BATCH_SIZE_CONFIG,
            512 * 1024,
            ProducerConfig.BUFFER_MEMORY_CONFIG,
            64L * 1024 * 1024);
    this.producer =
        new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
  }

  /** A feed that fills topics as fast as it can. */
  static Feed fast(String brokers, Topics topics) {
    return new Feed(brokers, topics, Duration.ofMillis(20), place -> {});
  }

  /** Messages sent to each topic. */
  int sent() {
    return sent;
  }

  /** Sends so many messages to each topic. */
  void send(int messages) {
    for (int i = 0; i < messages; i++) {
      int partition = sent % topics.partitions();
      send(topics.customers(), partition, topics.value(customers.message(sent)));
      send(topics.products(), partition, topics.value(products.message(sent)));
      sent++;
    }
  }

  /**
   * Waits until the broker has them all.
   *
   * @throws IllegalStateException when it has not taken one
   */
  void flush() {
    producer.flush();
    Exception failed = failure.get();
    if (failed != null) {
      throw new IllegalStateException("Topics " + topics.name() + " were not filled", failed);
    }
  }

  @Override
  public void close() {
    producer.close();
  }

  private void send(String topic, int partition, byte[] message) {
    var unused =
        producer.send(
            new ProducerRecord<>(topic, partition, null, message),
            (place, e) -> {
              if (e == null) {
                appended.accept(place);
              } else {
                failure.set(e);
              }
            });
  }
}
