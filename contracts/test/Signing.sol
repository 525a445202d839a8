// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IEscrow} from "../src/IEscrow.sol";

/// What is signed for the escrow, hashed the plain way that EIP-712 describes, without the code under test.
library Signing {
    bytes32 private constant STATEMENT = keccak256(
        "Statement(bytes32 jobId,uint256 epoch,uint256 seq,bool last,uint256 depth,uint256 total,uint256 units,bytes32 root,bytes32 dataHash)"
    );
    bytes32 private constant OPEN_JOB = keccak256(
        "OpenJob(address publisher,bytes32 salt,address token,uint256 budget,uint256 bond,address settler,bytes32 manifest,bytes32 termsHash,bytes32 contactHash,uint256 deadline)"
    );
    bytes32 private constant TERMS = keccak256(
        "Terms(uint256 expiry,uint256 postDelay,uint256 challengeDelay,uint256 closeDelay,uint256 settlerCap,uint256 postReserve,uint256 postBounty,uint256 quorumBps,uint256 minSigners,uint256 forceDelay,uint256 forceCap)"
    );
    bytes32 private constant FORCED =
        keccak256("Forced(bytes32 jobId,uint256 epoch,uint256 depth,uint256 total,bytes32 root,bytes32 dataHash)");
    bytes32 private constant VETO = keccak256("Veto(bytes32 jobId,uint256 epoch,bytes32 root)");
    bytes32 private constant CASHOUT = keccak256(
        "Cashout(address account,address to,address token,uint256 maxFee,uint256 minOut,uint256 nonce,uint256 deadline)"
    );
    bytes32 private constant HELP =
        keccak256("Help(bytes32 jobId,address account,uint256 earned,address helper,uint256 fee)");

    function domainOf(IEscrow escrow) internal view returns (bytes32) {
        bytes32 kind = keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");
        return keccak256(abi.encode(kind, keccak256("Weft"), keccak256("1"), block.chainid, address(escrow)));
    }

    function digest(IEscrow escrow, bytes32 structHash) internal view returns (bytes32) {
        return keccak256(bytes.concat(hex"1901", domainOf(escrow), structHash));
    }

    function idOf(IEscrow escrow, IEscrow.Opening memory opening) internal view returns (bytes32) {
        return keccak256(bytes.concat(domainOf(escrow), abi.encode(opening)));
    }

    function hash(IEscrow.Statement memory statement) internal pure returns (bytes32) {
        return keccak256(bytes.concat(STATEMENT, abi.encode(statement)));
    }

    function hash(IEscrow.SignedOpening memory signed) internal pure returns (bytes32) {
        IEscrow.Opening memory o = signed.opening;
        bytes32 termsHash = keccak256(bytes.concat(TERMS, abi.encode(o.terms)));
        bytes memory parties = abi.encode(o.publisher, o.salt, o.token, o.budget, o.bond, o.settler, o.manifest);
        return
            keccak256(bytes.concat(OPEN_JOB, parties, termsHash, keccak256(signed.contact), bytes32(signed.deadline)));
    }

    function hash(IEscrow.Forced memory forced) internal pure returns (bytes32) {
        return keccak256(bytes.concat(FORCED, abi.encode(forced)));
    }

    function hash(IEscrow.Veto memory order) internal pure returns (bytes32) {
        return keccak256(bytes.concat(VETO, abi.encode(order)));
    }

    function hash(IEscrow.Cashout memory order) internal pure returns (bytes32) {
        return keccak256(bytes.concat(CASHOUT, abi.encode(order)));
    }

    /// The account's consent to pay a helper for one challenge.
    function hashHelp(IEscrow.Challenge memory broken) internal pure returns (bytes32) {
        IEscrow.Leaf memory leaf = broken.leaf;
        return keccak256(abi.encode(HELP, broken.statement.jobId, leaf.account, leaf.earned, broken.helper, broken.fee));
    }
}
