package io.tributary.reliability;

import static io.tributary.support.Messages.message;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.tributary.support.Kafka;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Sends numbered messages at a steady rate to each of the topics in turn; every tenth one twice,
 * and after every fiftieth one that is malformed.
 */
final class SteadyProducer implements AutoCloseable {
  private static final long EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

  private final List<String> topics;
  private final CompletableFuture<Void> finished;
  private volatile boolean producing = true;
  private volatile int count;
  private volatile int malformed;

  SteadyProducer(String... topics) {
    this.topics = List.of(topics);
    this.finished = CompletableFuture.runAsync(this::produce);
  }

  /** Messages sent so far, numbered from 0. */
  int count() {
    return count;
  }

  /** Malformed records sent so far. */
  int malformed() {
    return malformed;
  }

  /** Ends it; when this returns, the broker has everything. */
  @Override
  public void close() {
    producing = false;
    finished.join();
  }

  private void produce() {
    try (KafkaProducer<byte[], byte[]> producer = Kafka.producer()) {
      for (int number = 0; producing; number++) {
        String topic = topics.get(number % topics.size());
        byte[] key = ("k" + number).getBytes(UTF_8);
        byte[] value = message("m" + number, Deliveries.record(number));
        producer.send(new ProducerRecord<>(topic, key, value));
        if (number % 10 == 0) {
          producer.send(new ProducerRecord<>(topic, key, value));
        }
        if (number % 50 == 0) {
          producer.send(new ProducerRecord<>(topic, key, ("malformed " + number).getBytes(UTF_8)));
          malformed++;
        }
        count = number + 1;
        LockSupport.parkNanos(EVERY_NANOS);
      }
    }
  }
}
