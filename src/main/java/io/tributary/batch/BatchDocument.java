package io.tributary.batch;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.List;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.io.entity.AbstractHttpEntity;

/**
 * The document of a batch as the body of a POST. It stays in the pieces that it is stored in: put
 * together it would be one array of megabytes for each batch. Immutable; safe for several threads.
 */
public final class BatchDocument extends AbstractHttpEntity {
  private final List<ByteBuffer> pieces;
  private final int length;

  /**
   * @param pieces with arrays behind them, which nobody changes; nobody moves their positions
   */
  BatchDocument(List<ByteBuffer> pieces) {
    super(ContentType.APPLICATION_JSON.getMimeType(), null);
    this.pieces = List.copyOf(pieces);
    this.length = pieces.stream().mapToInt(ByteBuffer::remaining).sum();
  }

  /** All of it in one array. */
  public byte[] getBytes() {
    ByteBuffer bytes = ByteBuffer.allocate(length);
    pieces.forEach(piece -> bytes.put(piece.duplicate()));
    return bytes.array();
  }

  @Override
  public long getContentLength() {
    return length;
  }

  @Override
  public void writeTo(OutputStream out) throws IOException {
    for (ByteBuffer piece : pieces) {
      out.write(piece.array(), piece.arrayOffset() + piece.position(), piece.remaining());
    }
  }

  @Override
  public InputStream getContent() {
    List<InputStream> streams = pieces.stream().map(BatchDocument::stream).toList();
    return new SequenceInputStream(Collections.enumeration(streams));
  }

  @Override
  public boolean isRepeatable() {
    return true;
  }

  @Override
  public boolean isStreaming() {
    return false;
  }

  @Override
  public void close() {
    // holds nothing open
  }

  private static InputStream stream(ByteBuffer piece) {
    return new ByteArrayInputStream(
        piece.array(), piece.arrayOffset() + piece.position(), piece.remaining());
  }
}
