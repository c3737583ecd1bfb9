package io.tributary.decode;

import com.dynatrace.hash4j.hashing.HashStream128;
import com.dynatrace.hash4j.hashing.HashValue128;
import com.dynatrace.hash4j.hashing.Hashing;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.tributary.event.Event;
import io.tributary.event.Hash128;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Hashes JSON values while a parser passes over them. Begins each with the character that tells its
 * kind. An object's members are sorted by name; those of one name keep their order. One thread
 * only.
 */
final class JsonHasher {
  private static final ThreadLocal<JsonHasher> OF_THIS_THREAD =
      ThreadLocal.withInitial(JsonHasher::new);

  private static final Comparator<Member> BY_NAME = (a, b) -> a.name().compareTo(b.name());

  private final HashStream128 stream = Hashing.murmur3_128().hashStream();
  private final Hash128 hashOfNull;

  private JsonHasher() {
    begin('0').putChars("null");
    hashOfNull = hash();
  }

  private record Member(String name, Hash128 value) {}

  static JsonHasher ofThisThread() {
    return OF_THIS_THREAD.get();
  }

  /** The hash of a text, which is that of the JSON string. */
  Hash128 text(String text) {
    begin('"').putChars(text);
    return hash();
  }

  /**
   * The hashes of an entry that begins at the parser's token; leaves the parser at its last token.
   */
  Event.Entry entry(JsonParser json, String topic) throws IOException {
    if (json.currentToken() != JsonToken.START_OBJECT) {
      return new Event.Entry(null, value(json));
    }
    List<Member> members = members(json);
    return new Event.Entry(id(members, topic), object(members));
  }

  /** The hashes of a payload whose entries are these. */
  Event.Payload payload(List<Event.Entry> entries) {
    begin('[');
    entries.forEach(entry -> put(entry.value()));
    return new Event.Payload(hash(), entries);
  }

  /** An ID is one on its topic only; null is none. */
  private @Nullable Hash128 id(List<Member> members, String topic) {
    Hash128 id = hashOfNull;
    for (Member member : members) {
      if (member.name().equals("id")) {
        id = member.value();
      }
    }
    if (id.equals(hashOfNull)) {
      return null;
    }
    begin('i').putString(topic);
    put(id);
    return hash();
  }

  private Hash128 value(JsonParser json) throws IOException {
    return switch (json.currentToken()) {
      case START_OBJECT -> object(members(json));
      case START_ARRAY -> array(json);
      case VALUE_STRING -> asWritten('"', json);
      default -> asWritten('0', json);
    };
  }

  /** A string without its escapes; a number, true, false or null as it stands. */
  private Hash128 asWritten(char kind, JsonParser json) throws IOException {
    begin(kind).putChars(json.getTextCharacters(), json.getTextOffset(), json.getTextLength());
    return hash();
  }

  private Hash128 array(JsonParser json) throws IOException {
    List<Hash128> elements = new ArrayList<>();
    while (json.nextToken() != JsonToken.END_ARRAY) {
      elements.add(value(json));
    }
    begin('[');
    elements.forEach(this::put);
    return hash();
  }

  private List<Member> members(JsonParser json) throws IOException {
    List<Member> members = new ArrayList<>();
    while (json.nextToken() != JsonToken.END_OBJECT) {
      String name = json.currentName();
      json.nextToken();
      members.add(new Member(name, value(json)));
    }
    return members;
  }

  private Hash128 object(List<Member> members) {
    members.sort(BY_NAME);
    begin('{');
    for (Member member : members) {
      stream.putString(member.name());
      put(member.value());
    }
    return hash();
  }

  private HashStream128 begin(char kind) {
    return stream.reset().putChar(kind);
  }

  private void put(Hash128 hash) {
    stream.putLong(hash.high()).putLong(hash.low());
  }

  private Hash128 hash() {
    HashValue128 hash = stream.get();
    return new Hash128(hash.getMostSignificantBits(), hash.getLeastSignificantBits());
  }
}
