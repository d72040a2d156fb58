package agrippa.proxy.plan;

/// A condition on a request.
///
/// @param subject the part of the request that is looked at
/// @param comparison how it is compared
/// @param value what it is compared with; for [Comparison#REGEX] a pattern in RE2 syntax
/// @param invert whether the condition holds when the comparison does not
public record Match(Subject subject, Comparison comparison, String value, boolean invert) {

  /// How a value is compared with the request's.
  public enum Comparison {
    REGEX,
    STARTS_WITH,
    ENDS_WITH,
    CONTAINS,
    EQUAL_TO
  }

  /// The part of a request that a match looks at.
  public sealed interface Subject {
    /// The Host field, compared without case; a port that the client sent is part of it.
    record Host() implements Subject {}

    /// The path without the query, compared with case.
    record Path() implements Subject {}

    /// The end of the path: [Comparison#EQUAL_TO] compares it as a suffix.
    record FileType() implements Subject {}

    /// Each comma-separated element of each field of this name; one suffices.
    record Header(String name) implements Subject {}

    /// The cookie of this name.
    record Cookie(String name) implements Subject {}

    /// Whether the client sent a certificate.
    record ClientCertificate() implements Subject {}

    /// OpenSSL's result of the verification of the client's certificate; 0 is good.
    record ClientVerifyResult() implements Subject {}

    /// A field of the subject's distinguished name in the client's certificate, such as `CN`.
    record ClientName(String field) implements Subject {}
  }
}
