package io.tributary.support;

import io.tributary.demo.StubRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.time.LocalDate;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;

/** Messages with one customer, written as Avro by hand, and what they are as JSON. */
public final class AvroEvents {
  public static final String SCHEMA =
      """
      {"type":"record","name":"io.tributary.Event","fields":[
        {"name":"messageId","type":"string"},
        {"name":"payload","type":{"type":"array","items":{"type":"record","name":"Customer","fields":[
          {"name":"id","type":"string"},
          {"name":"balance","type":["null",{"type":"bytes","logicalType":"decimal","precision":9,"scale":2}]},
          {"name":"since","type":{"type":"int","logicalType":"date"}}]}}}]}
      """;

  private AvroEvents() {}

  /** A value of the schema that the registry has under this id. */
  public static byte[] framed(int schemaId, String messageId, String id, int cents) {
    return StubRegistry.framed(schemaId, body(messageId, id, cents));
  }

  private static byte[] body(String messageId, String id, int cents) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    BinaryEncoder out = EncoderFactory.get().binaryEncoder(bytes, null);
    try {
      out.writeString(messageId);
      out.writeArrayStart();
      out.setItemCount(1);
      out.startItem();
      out.writeString(id);
      out.writeIndex(1);
      out.writeBytes(BigInteger.valueOf(cents).toByteArray());
      out.writeInt((int) LocalDate.of(2024, 2, 8).toEpochDay());
      out.writeArrayEnd();
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /** Its customer as JSON. */
  public static String json(String id, String balance) {
    return "{\"id\":\"%s\",\"balance\":%s,\"since\":\"2024-02-08\"}".formatted(id, balance);
  }
}
