package io.tributary.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tributary.demo.AvroMessages;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * A topic of customers and one of products, with messages of one kind.
 *
 * @param name by which to tell them from others
 * @param partitions of each
 * @param payloadBytes of a message, as JSON
 * @param avro what the messages are written with; null leaves them JSON
 */
record Topics(String name, int partitions, int payloadBytes, @Nullable AvroMessages avro) {
  Topics(String name, int partitions, int payloadBytes) {
    this(name, partitions, payloadBytes, null);
  }

  /** The value of a message. */
  byte[] value(byte[] json) {
    return avro == null ? json : avro.value(new String(json, UTF_8));
  }

  /** The two of them; each name ends with what it holds. */
  String customers() {
    return name + "-customers";
  }

  String products() {
    return name + "-products";
  }

  SampleEvents customerEvents() {
    return new SampleEvents('C', payloadBytes);
  }

  SampleEvents productEvents() {
    return new SampleEvents('P', payloadBytes);
  }

  int recordsOfMessage() {
    return customerEvents().records();
  }

  /** Creates them; returns when each partition can be read and written. */
  void create(Admin admin, Map<String, String> config) throws InterruptedException {
    List<NewTopic> both =
        List.of(customers(), products()).stream()
            .map(topic -> new NewTopic(topic, partitions, (short) 1).configs(config))
            .toList();
    try {
      admin.createTopics(both).all().get();
      admin.listOffsets(firstOffsets()).all().get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("Topics " + name + " cannot be created", e.getCause());
    }
  }

  private Map<TopicPartition, OffsetSpec> firstOffsets() {
    Map<TopicPartition, OffsetSpec> first = new HashMap<>();
    for (int partition = 0; partition < partitions; partition++) {
      first.put(new TopicPartition(customers(), partition), OffsetSpec.earliest());
      first.put(new TopicPartition(products(), partition), OffsetSpec.earliest());
    }
    return first;
  }
}
