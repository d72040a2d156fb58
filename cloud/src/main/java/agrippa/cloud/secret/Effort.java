package agrippa.cloud.secret;

import java.math.BigInteger;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.misc.MiscObjectIdentifiers;
import org.bouncycastle.asn1.misc.ScryptParams;
import org.bouncycastle.asn1.pkcs.KeyDerivationFunc;
import org.bouncycastle.asn1.pkcs.PBES2Parameters;
import org.bouncycastle.asn1.pkcs.PBKDF2Params;
import org.bouncycastle.asn1.pkcs.PBMAC1Params;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.operator.InputDecryptorProvider;
import org.bouncycastle.operator.OperatorCreationException;

/// What it may cost to make keys from a passphrase while one payload is read. The payload itself
/// says how often to iterate, so a short one could keep a processor busy for hours, or with scrypt
/// take all memory.
final class Effort {
  /// Enough for three times the 600,000 iterations that careful tools use; about two seconds. As
  /// scrypt's blocks are counted, too, its memory is at most 64 MiB.
  private static final BigInteger MOST = BigInteger.valueOf(2_100_000);

  /// PBKDF2 iterates once for each piece of a key that is as long as its hash: usually this.
  private static final int HASH_BYTES = 32;

  private BigInteger spent = BigInteger.ZERO;

  /// Decrypts with what another does, as long as it does not cost too much.
  InputDecryptorProvider limit(InputDecryptorProvider decryptors) {
    return algorithm -> {
      spend(cost(algorithm));
      return decryptors.get(algorithm);
    };
  }

  /// @throws OperatorCreationException if it is too much
  void spend(BigInteger iterations) throws OperatorCreationException {
    if (iterations.signum() < 0) {
      throw new OperatorCreationException("negative iterations");
    }
    spent = spent.add(iterations);
    if (spent.compareTo(MOST) > 0) {
      throw new OperatorCreationException("too many iterations");
    }
  }

  /// In iterations. Algorithms without passphrase or unknown ones cost nothing.
  static BigInteger cost(AlgorithmIdentifier algorithm) {
    if (algorithm.getAlgorithm().equals(PKCSObjectIdentifiers.id_PBES2)) {
      return cost(PBES2Parameters.getInstance(algorithm.getParameters()).getKeyDerivationFunc());
    }
    if (algorithm.getAlgorithm().equals(PKCSObjectIdentifiers.id_PBMAC1)) {
      AlgorithmIdentifier function =
          PBMAC1Params.getInstance(algorithm.getParameters()).getKeyDerivationFunc();
      return cost(KeyDerivationFunc.getInstance(function));
    }
    // All older ones have a salt and a number of iterations.
    return algorithm.getParameters() instanceof ASN1Sequence parameters
            && parameters.size() >= 2
            && parameters.getObjectAt(1) instanceof ASN1Integer iterations
        ? iterations.getValue()
        : BigInteger.ZERO;
  }

  private static BigInteger cost(KeyDerivationFunc function) {
    if (function.getAlgorithm().equals(MiscObjectIdentifiers.id_scrypt)) {
      ScryptParams scrypt = ScryptParams.getInstance(function.getParameters());
      return scrypt
          .getCostParameter()
          .multiply(scrypt.getBlockSize())
          .multiply(scrypt.getParallelizationParameter())
          .shiftLeft(2);
    }
    PBKDF2Params pbkdf2 = PBKDF2Params.getInstance(function.getParameters());
    BigInteger length =
        pbkdf2.getKeyLength() == null ? BigInteger.ZERO : pbkdf2.getKeyLength().abs();
    BigInteger more = length.divide(BigInteger.valueOf(HASH_BYTES + 1));
    return pbkdf2.getIterationCount().multiply(more.add(BigInteger.ONE));
  }
}
