package agrippa.model;

/// Names a project (tenant) of the identity service: usually 32 hexadecimal digits, but any text
/// of at most 36 characters.
public record ProjectId(String value) {
  @Override
  public String toString() {
    return value;
  }
}
