// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {EscrowTest} from "../EscrowTest.sol";
import {Trees} from "../Trees.sol";

/// Cheat codes for gas. The figures lie in contracts/gas/ and `forge test` refuses any other.
interface GasVm {
    struct Gas {
        uint64 gasLimit;
        uint64 gasTotalUsed;
        uint64 gasMemoryUsed;
        int64 gasRefunded;
        uint64 gasRemaining;
    }

    function lastCallGas() external view returns (Gas memory);
    function snapshotValue(string calldata group, string calldata name, uint256 value) external;
}

/// Each call of such a test is a transaction of its own: what it uses has in it the 21 000, the calldata and the first
/// touch of every slot.
abstract contract GasTest is EscrowTest {
    using Trees for Trees.Tree;

    uint256 internal constant AMOUNT = 0.001 ether;
    uint256 internal constant JOB_BUDGET = 1_000 ether;

    /// The lowest part of a tree of 2^depth places, and the siblings of its way up to the root.
    struct High {
        Trees.Tree low;
        uint256 depth;
        bytes32 root;
        uint256 total;
        bytes upper;
    }

    function setUp() public virtual override {
        super.setUp();
        vm.deal(publisher, 1_000_000 ether);
    }

    /// The gas of the last transaction, after its refund.
    function used() internal view returns (uint256) {
        return GasVm(address(vm)).lastCallGas().gasTotalUsed;
    }

    function record(string memory name) internal {
        record(name, used());
    }

    function record(string memory name, uint256 value) internal {
        GasVm(address(vm)).snapshotValue("escrow", name, value);
    }

    /// A job whose half bond covers none of the totals that the tests post.
    function newJob(bytes32 salt) internal returns (bytes32) {
        Opening memory opened = opening();
        (opened.salt, opened.budget, opened.bond) = (salt, JOB_BUDGET, 1);
        opened.terms.forceCap = JOB_BUDGET;
        return openJob(opened);
    }

    function highTree(uint256 leaves, uint256 depth) internal pure returns (High memory) {
        uint256[] memory amounts = new uint256[](leaves);
        for (uint256 i = 0; i < leaves; ++i) {
            amounts[i] = AMOUNT;
        }
        return highTree(leavesOf(amounts), depth);
    }

    function highTree(Leaf[] memory leaves, uint256 depth) internal pure returns (High memory high) {
        high.low = Trees.build(leaves);
        (high.depth, high.root, high.total) = (depth, high.low.root(), high.low.total());
        for (uint256 level = high.low.depth; level < depth; ++level) {
            bytes32 sibling = keccak256(abi.encode("sibling", level));
            uint256 sum = AMOUNT << level;
            high.root = keccak256(abi.encode(high.root, high.total, sibling, sum));
            // forge-lint: disable-next-line(unsafe-typecast)
            high.upper = bytes.concat(high.upper, sibling, bytes12(uint96(sum)));
            high.total += sum;
        }
    }

    function postHigh(bytes32 jobId, uint256 number, High memory high) internal {
        Statement memory statement = statementOf(jobId, high.total);
        (statement.epoch, statement.root, statement.depth) = (number, high.root, high.depth);
        (statement.units, statement.last) = (1_000_000, true);
        bytes memory signature = sign(statement);
        vm.prank(settler);
        escrow.post(openings[jobId], statement, signature);
    }

    function leafIn(bytes32 jobId, uint256 number, High memory high, uint256 index)
        internal
        pure
        returns (ProvenLeaf memory)
    {
        Leaf memory leaf = Leaf(payee(index), AMOUNT, AMOUNT, index);
        return ProvenLeaf(jobId, number, leaf, bytes.concat(high.low.proof(index), high.upper));
    }
}
