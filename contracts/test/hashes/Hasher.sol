// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Hashes} from "../../src/libraries/Hashes.sol";
import {IEscrow} from "../../src/IEscrow.sol";
import {SumTree} from "../../src/libraries/SumTree.sol";

/// The escrow's own hashes, which it shows to nobody.
contract Hasher {
    function leaf(IEscrow.Leaf calldata value) external pure returns (bytes32) {
        return SumTree.hashLeaf(value);
    }

    function node(bytes32 hashL, uint256 sumL, bytes32 hashR, uint256 sumR) external pure returns (bytes32) {
        return SumTree.hashNode(hashL, sumL, hashR, sumR);
    }

    function jobId(IEscrow.Opening calldata value, bytes32 origin) external pure returns (bytes32) {
        return Hashes.idOf(value, origin);
    }

    function statement(IEscrow.Statement calldata value) external pure returns (bytes32) {
        return Hashes.hash(value);
    }

    function openJob(IEscrow.SignedOpening calldata value) external pure returns (bytes32) {
        return Hashes.hash(value);
    }

    function forced(IEscrow.Forced calldata value) external pure returns (bytes32) {
        return Hashes.hash(value);
    }

    function veto(IEscrow.Veto calldata value) external pure returns (bytes32) {
        return Hashes.hash(value);
    }

    function cashout(IEscrow.Cashout calldata value) external pure returns (bytes32) {
        return Hashes.hash(value);
    }

    function help(IEscrow.Challenge calldata value) external pure returns (bytes32) {
        return Hashes.hashHelp(value);
    }
}
