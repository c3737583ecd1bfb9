package io.tributary.reliability;

import static io.tributary.support.Messages.message;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Sends to topics in turns, a record every few milliseconds, until it is told to stop. */
final class SteadyFeed implements AutoCloseable {
  private static final long SEND_EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

  private final KafkaProducer<byte[], byte[]> producer;
  private final List<String> topics;
  private final List<String> records = Collections.synchronizedList(new ArrayList<>());
  private final List<Future<RecordMetadata>> sent = new ArrayList<>();
  private final Thread thread;
  private volatile boolean stopped;

  SteadyFeed(String brokers, String... topics) {
    this.topics = List.of(topics);
    this.producer =
        new KafkaProducer<>(
            Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, brokers),
            new ByteArraySerializer(),
            new ByteArraySerializer());
    this.thread = new Thread(this::send, "feed");
    thread.start();
  }

  /** How many records it has sent so far. */
  int count() {
    return records.size();
  }

  /** Waits until it has sent so many more. */
  SteadyFeed awaitMore(int more) {
    int enough = count() + more;
    await().until(() -> count() >= enough);
    return this;
  }

  /** Stops it; the records, all of which the broker has acknowledged. */
  List<String> stop() throws Exception {
    stopped = true;
    thread.join();
    for (Future<RecordMetadata> future : sent) {
      future.get();
    }
    return List.copyOf(records);
  }

  @Override
  public void close() throws InterruptedException {
    stopped = true;
    thread.join();
    producer.close(Duration.ZERO);
  }

  private void send() {
    for (int i = 0; !stopped; i++) {
      String topic = topics.get(i % topics.size());
      String id = topic + "-" + i;
      String record = "{\"id\":\"" + id + "\"}";
      sent.add(producer.send(new ProducerRecord<>(topic, id.getBytes(UTF_8), message(id, record))));
      records.add(record);
      LockSupport.parkNanos(SEND_EVERY_NANOS);
    }
  }
}
