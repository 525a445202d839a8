// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IEscrowTypes} from "../IEscrowTypes.sol";
import {Words} from "./Words.sol";

/// @notice The hash of everything that is signed for the escrow, and of a job.
/// @dev The words of these structs lie in the calldata as EIP-712 hashes them: they are hashed from there.
library Hashes {
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

    /// The id of a job: everything it was opened with, in this escrow on this chain.
    function idOf(IEscrowTypes.Opening calldata opening, bytes32 origin) internal pure returns (bytes32) {
        return Words.hash(origin, Words.startOf(opening), 18);
    }

    function hash(IEscrowTypes.Statement calldata statement) internal pure returns (bytes32) {
        return Words.hash(STATEMENT, Words.startOf(statement), 9);
    }

    /// Terms and contact are in it, so that whoever sends the opening cannot choose them.
    function hash(IEscrowTypes.SignedOpening calldata signed) internal pure returns (bytes32) {
        IEscrowTypes.Opening calldata o = signed.opening;
        uint256 start = Words.startOf(o);
        bytes32 termsHash = Words.hash(TERMS, start + 7 * 32, 11);
        bytes32 contactHash = keccak256(signed.contact);
        return keccak256(
            bytes.concat(OPEN_JOB, msg.data[start:start + 7 * 32], termsHash, contactHash, bytes32(signed.deadline))
        );
    }

    function hash(IEscrowTypes.Forced calldata forced) internal pure returns (bytes32) {
        return Words.hash(FORCED, Words.startOf(forced), 6);
    }

    function hash(IEscrowTypes.Cashout calldata cashout) internal pure returns (bytes32) {
        return Words.hash(CASHOUT, Words.startOf(cashout), 7);
    }

    function hash(IEscrowTypes.Veto calldata order) internal pure returns (bytes32) {
        return Words.hash(VETO, Words.startOf(order), 3);
    }

    function hashHelp(IEscrowTypes.Challenge calldata challenge) internal pure returns (bytes32) {
        IEscrowTypes.Leaf calldata leaf = challenge.leaf;
        bytes32 jobId = challenge.statement.jobId;
        return keccak256(abi.encode(HELP, jobId, leaf.account, leaf.earned, challenge.helper, challenge.fee));
    }
}
