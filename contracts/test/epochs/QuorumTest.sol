// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {EscrowTest} from "../EscrowTest.sol";
import {IEscrow} from "../../src/IEscrow.sol";
import {Signing} from "../Signing.sol";
import {Trees} from "../Trees.sol";

/// A job whose settler has posted what its payees hold, and payees who sign a forced epoch.
abstract contract QuorumTest is EscrowTest {
    using Trees for Trees.Tree;

    bytes32 internal jobId;
    Leaf[] private _weights;

    function setUp() public virtual override {
        super.setUp();
        jobId = openJob();
    }

    /// Makes an epoch final in which each payee has the amount of its place.
    function postWeights(uint256 number, uint256[] memory amounts) internal {
        delete _weights;
        Leaf[] memory leaves = leavesOf(amounts);
        for (uint256 i = 0; i < leaves.length; ++i) {
            _weights.push(leaves[i]);
        }
        Statement memory statement = statementOf(jobId, Trees.build(leaves));
        statement.epoch = number;
        post(statement);
        vm.warp(block.timestamp + 1 hours);
    }

    function equal(uint256 count, uint256 total) internal pure returns (uint256[] memory amounts) {
        amounts = new uint256[](count);
        for (uint256 i = 0; i < count; ++i) {
            amounts[i] = total / count;
        }
    }

    /// An epoch that pays payee 0.
    function forcedOf(uint256 number, uint256 total) internal view returns (Forced memory forced) {
        (forced.jobId, forced.epoch, forced.total) = (jobId, FORCED | number, total);
        (forced.root, forced.dataHash) = (Trees.hash(leafOf(total)), "data");
    }

    /// The signatures of the first payees, in the order of their addresses.
    function attest(Forced memory forced, uint256 count) internal view returns (Attestation[] memory list) {
        list = new Attestation[](count);
        Trees.Tree memory tree = Trees.build(_weights);
        for (uint256 i = 0; i < count; ++i) {
            bytes memory signature = sign(payeeKey(i), Signing.hash(forced));
            list[i] = Attestation(_weights[i], tree.proof(i), signature);
            for (uint256 j = i; j > 0 && list[j].leaf.account < list[j - 1].leaf.account; --j) {
                (list[j], list[j - 1]) = (list[j - 1], list[j]);
            }
        }
    }

    function force(Forced memory forced, uint256 signers) internal {
        force(forced, attest(forced, signers));
    }

    function force(Forced memory forced, Attestation[] memory list) internal {
        vm.prank(stranger);
        escrow.force(openings[jobId], forced, list);
    }

    function veto(Forced memory forced) internal {
        veto(SETTLER_KEY, Veto(jobId, forced.epoch, forced.root));
    }

    function veto(uint256 key, Veto memory order) internal {
        bytes memory signature = sign(key, Signing.hash(order));
        vm.prank(stranger);
        escrow.veto(order, signature);
    }
}
